// What drawings of findings share, on the card and on paper: a frame of the world in the units of a box,
// paths of features in it, what lies near, the scale bar, the objects of both sides.

Lantu.sketch = (() => {
  const { drawing } = Lantu.dom;
  const { number } = Lantu.words;
  const state = Lantu.state;
  const EARTH_M = 40075016.686;

  // A frame of the world (0 to 1) in units of the box (millimetres, pixels), the same scale on both axes.
  function frame(bounds, box) {
    const [x0, y0, x1, y1] = bounds;
    const scale = Math.min(box.width / (x1 - x0), box.height / (y1 - y0));
    const left = (x0 + x1) / 2 - box.width / scale / 2, top = (y0 + y1) / 2 - box.height / scale / 2;
    const latitude = Math.atan(Math.sinh(Math.PI * (1 - (y0 + y1))));
    return { left, top, scale, box, unitsPerM: scale / (EARTH_M * Math.cos(latitude)) };
  }

  const boundsOf = (store, i) => {
    const box = store.box.subarray(4 * i, 4 * i + 4), { originX, originY, world } = store;
    return [(box[0] + originX) / world, (box[1] + originY) / world, (box[2] + originX) / world, (box[3] + originY) / world];
  };

  const joined = (all) => all.reduce((p, q) => [
    Math.min(p[0], q[0]), Math.min(p[1], q[1]), Math.max(p[2], q[2]), Math.max(p[3], q[3]),
  ]);

  // At least leastM wide, with some room around.
  function padded([x0, y0, x1, y1], share, leastM) {
    const least = leastM / EARTH_M, room = share * Math.max(x1 - x0, y1 - y0, least);
    return [x0 - room, y0 - room, x1 + room, y1 + room];
  }

  function path(store, i, { left, top, scale, box }) {
    const arm = 2 * (box.unit ?? 1);
    const at = (j) => `${(((store.x[j] + store.originX) / store.world - left) * scale).toFixed(2)} ${
      (((store.y[j] + store.originY) / store.world - top) * scale).toFixed(2)}`;
    const parts = [];
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const points = [];
      for (let j = store.firstPoint[p]; j < store.firstPoint[p + 1]; j++) points.push(at(j));
      if (store.kind[i] === 1) points.forEach((point) => parts.push(`M${point}m${-arm} 0h${2 * arm}m${-arm} ${-arm}v${2 * arm}`));
      else parts.push(`M${points.join("L")}${store.kind[i] === 3 ? "Z" : ""}`);
    }
    return parts.join("");
  }

  function near(store, { left, top, scale, box }, take) {
    const x = left * store.world - store.originX, y = top * store.world - store.originY, unit = store.world / scale;
    Lantu.payload.query(store, x, y, x + box.width * unit, y + box.height * unit, take);
  }

  // box.unit is a millimetre of the drawing in the units of its box: 1 on paper, some pixels on a screen.
  function scaleBar({ unitsPerM, box }) {
    const unit = box.unit ?? 1, rough = Math.min(45 * unit, 0.3 * box.width) / unitsPerM;
    const power = 10 ** Math.floor(Math.log10(rough));
    const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= rough) ?? power;
    const width = metres * unitsPerM, y = box.height - 5 * unit;
    const said = metres < 1000 ? `${number(metres)} m` : `${number(metres / 1000)} km`;
    return [
      drawing("rect", { x: 3 * unit, y: y - 7 * unit, width: width + 6 * unit, height: 10 * unit, fill: "#fff", "fill-opacity": 0.9 }),
      drawing("path", {
        d: `M${6 * unit} ${y - 2 * unit}v${2 * unit}h${width.toFixed(2)}v${-2 * unit}`, fill: "none", stroke: "#000", "stroke-width": 0.5 * unit,
      }),
      drawing("text", { class: "scale", x: 6 * unit + width / 2, y: y - 2.5 * unit, "text-anchor": "middle", "font-size": 3.6 * unit, text: said }),
    ];
  }

  function sidesOf(i) {
    return ["a", "b"].flatMap((side) => {
      const place = state.number(`place_${side}`, i), object = state.number(`object_${side}`, i);
      const source = Lantu.map.sources()[place];
      return source && object >= 0 && source.store.kind[object] ? [{ side, store: source.store, object }] : [];
    });
  }

  return { frame, boundsOf, joined, padded, path, near, scaleBar, sidesOf };
})();
