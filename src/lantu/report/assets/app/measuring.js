// Measuring on the map by hand: a distance, or an area in square metres, hectares and mu. It is done on the
// sphere and called approximate; numbers of findings were computed in the working CRS and are not touched.

Lantu.measuring = (() => {
  const { byId, write } = Lantu.dom;
  const { say, number } = Lantu.words;
  const RADIUS_M = 6371008.8; // mean radius of the earth
  const MU_M2 = 2000 / 3;
  let leaflet = null;
  let drawn = null;
  let mode = null; // distance, area or nothing
  let points = [];

  function start(map) {
    leaflet = map;
    drawn = L.layerGroup().addTo(leaflet);
    for (const name of ["distance", "area"]) byId(`map-${name}`).addEventListener("click", () => use(mode === name ? null : name));
    leaflet.on("click", (event) => { if (mode) add(event.latlng); });
    leaflet.getContainer().addEventListener("keydown", (event) => {
      if (!mode || event.key !== "Backspace") return;
      event.preventDefault();
      points.pop();
      draw();
    });
    Lantu.state.on("language", draw);
  }

  function use(next) {
    mode = next;
    points = [];
    for (const name of ["distance", "area"]) byId(`map-${name}`).setAttribute("aria-pressed", String(mode === name));
    leaflet.doubleClickZoom[mode ? "disable" : "enable"]();
    leaflet.getContainer().classList.toggle("measuring", mode !== null);
    byId("map-tip").hidden = true;
    draw();
    if (mode) leaflet.getContainer().focus({ preventScroll: true });
  }

  function add(latlng) {
    points.push(latlng);
    draw();
  }

  function draw() {
    drawn.clearLayers();
    const node = byId("map-measured");
    node.hidden = mode === null;
    if (mode === null) return write(node, "");
    const line = { pane: "measuring", interactive: false, color: "#d6006c", weight: 3, fillOpacity: 0.12 };
    if (points.length > 1) (mode === "area" ? L.polygon(points, line) : L.polyline(points, line)).addTo(drawn);
    for (const point of points) L.circleMarker(point, { ...line, radius: 4, fillColor: "#fff", fillOpacity: 1 }).addTo(drawn);
    write(node, said());
  }

  function said() {
    if (points.length < (mode === "area" ? 3 : 2)) return say(`map.measure_${mode}`);
    if (mode === "distance") {
      const metres = points.slice(1).reduce((sum, point, k) => sum + leaflet.distance(points[k], point), 0);
      return say("map.measured_distance", { metres: number(metres, metres < 100 ? 1 : 0) });
    }
    const area = areaM2(points);
    return say("map.measured_area", { m2: number(area, 0), ha: number(area / 10000, 3), mu: number(area / MU_M2) });
  }

  // Area of a polygon on the sphere, by the trapezoids between its sides and the equator.
  function areaM2(corners) {
    const rad = Math.PI / 180;
    const sum = corners.reduce((total, { lat, lng }, k) => {
      const next = corners[(k + 1) % corners.length];
      return total + (next.lng - lng) * rad * (2 + Math.sin(lat * rad) + Math.sin(next.lat * rad));
    }, 0);
    return Math.abs(sum * RADIUS_M ** 2 / 2);
  }

  return { start, isOn: () => mode !== null, stop: () => use(null), areaM2 };
})();
