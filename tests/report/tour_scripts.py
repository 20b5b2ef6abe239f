"""What the tour asks the page in its own language."""

from __future__ import annotations

PAINT = """async () => {
  while (Lantu.canvas.isBusy()) await new Promise(requestAnimationFrame);
  let sum = 0, opaque = 0;
  for (const canvas of document.querySelectorAll("#map .leaflet-context-pane canvas")) {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] <= 200) continue;
      const rgb = data.subarray(i, i + 3);
      sum += Math.max(...rgb) - Math.min(...rgb);
      opaque += 1;
    }
  }
  return { saturation: sum / opaque, opaque };
}"""
"""How colourful the departments' own objects are on average, and how many pixels they cover."""

STACK = """() => {
  const layer = Object.values(map._layers).find((entry) => entry.hits);
  for (const i of Lantu.state.list()) {
    if (!layer.store.kind[i]) continue;
    const place = Lantu.payload.bounds(layer.store, i).getCenter();
    map.setView(place, 18, { animate: false });
    const count = layer.hits(place, 6).length;
    if (count < 2 || count > 8) continue;
    const at = map.latLngToContainerPoint(place), box = map.getContainer().getBoundingClientRect();
    return { x: at.x + box.x, y: at.y + box.y, count };
  }
  return null;
}"""
"""A place on the screen where some findings lie over one another."""

TIGHT = """() => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true })
    && node.getBoundingClientRect().width > 0;
  const named = (node) => node.id || node.className || node.textContent;
  const meet = (p, q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
    && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1;
  const rows = ".tools, #views, #numbers, .map-tools, .bar, #side-steps, #decisions, .kinds, .modes";
  const whole = [".tools button", "#views button", "#side-steps button", ".kinds label", ".kinds span",
    "#decisions button", ".chip span"].join();
  const wrong = [];
  for (const row of [...document.querySelectorAll(rows)].filter(seen)) {
    const frame = row.getBoundingClientRect(), parts = [...row.children].filter(seen);
    parts.forEach((one, at) => {
      const p = one.getBoundingClientRect();
      const isOut = p.right > frame.right + 1 || p.left < frame.left - 1;
      if (isOut) wrong.push(`${named(one)} sticks out of ${named(row)}`);
      for (const other of parts.slice(at + 1)) {
        if (meet(p, other.getBoundingClientRect())) wrong.push(`${named(one)} lies over ${named(other)}`);
      }
    });
  }
  for (const one of [...document.querySelectorAll(whole)].filter(seen)) {
    if (one.scrollWidth > one.clientWidth + 1) wrong.push(`${one.textContent} is clipped`);
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
  return wrong;
}"""
"""What sticks out of its row, lies over its neighbour, or is cut off."""
