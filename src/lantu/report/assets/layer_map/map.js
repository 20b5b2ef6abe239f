"use strict";
// One layer on its map: draws what the data block holds; values of departments are text, never markup.
{
  const node = document.getElementById("data-layer");
  const bytes = Uint8Array.from(atob(node.textContent.trim()), (letter) => letter.charCodeAt(0));
  const content = JSON.parse(new TextDecoder().decode(fflate.gunzipSync(bytes)));
  const renderer = L.canvas({ tolerance: 4 });

  const style = ({ properties: { fill } }) => (
    { renderer, color: content.line, weight: 1, fillColor: fill ?? content.line, fillOpacity: fill ? 0.6 : 0.08 });

  function popup({ properties: { lines } }) {
    const list = document.createElement("dl");
    for (const [name, text] of lines) {
      for (const [tag, said] of [["dt", name], ["dd", text]]) {
        const cell = document.createElement(tag);
        cell.textContent = said;
        list.append(cell);
      }
    }
    return list;
  }

  const drawn = L.geoJSON(content.features, {
    style,
    pointToLayer: (feature, place) => L.circleMarker(place, { ...style(feature), radius: 4 }),
    onEachFeature: (feature, shape) => shape.bindPopup(() => popup(feature)),
  }).addTo(map);
  if (drawn.getBounds().isValid()) map.fitBounds(drawn.getBounds());
  L.control.scale({ imperial: false }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (content.note) {
    const note = L.control({ position: "topright" });
    note.onAdd = () => {
      const said = document.createElement("div");
      said.className = "note";
      said.textContent = content.note;
      return said;
    };
    note.addTo(map);
  }
}
