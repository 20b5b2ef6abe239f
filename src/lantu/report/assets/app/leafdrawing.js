// Drawings for paper, as SVG in millimetres, so that a printer gets lines and not pixels. Told apart by
// weight, dash, hatch and letter: black and white is enough.

Lantu.leafDrawing = (() => {
  const { drawing } = Lantu.dom;
  const { say } = Lantu.words;
  const { frame, boundsOf, joined, padded, path, near, scaleBar, sidesOf } = Lantu.sketch;
  const state = Lantu.state;
  const NEIGHBOURS_MAX = 4000;
  const SPECKS_MAX = 3000;
  const EVIDENCE = { width: 236, height: 178, unit: 1.25 };
  const LOCATOR = { width: 150, height: 64 };
  const SMALL_MM = 2.6; // what is smaller is drawn as the glyph of its severity, so that nothing vanishes
  const HATCH_MM = 3;
  const CONFLICT = "#8c1220";

  const place = (store, j, { left, top, scale }) => [
    ((store.x[j] + store.originX) / store.world - left) * scale, ((store.y[j] + store.originY) / store.world - top) * scale,
  ];

  // The hatches of the map: crossed, rising, falling, level; lines each of its own, because printers make
  // pixels of patterns.
  const SLOPES = { critical: [1, -1], major: [-1], minor: [1], info: [0] };

  function lines(severity, [x0, y0, x1, y1]) {
    const high = y1 - y0, found = [];
    for (const slope of SLOPES[severity]) {
      const step = slope ? HATCH_MM * Math.SQRT2 : HATCH_MM;
      if (!slope) for (let y = Math.ceil(y0 / step) * step; y < y1; y += step) found.push(`M${x0.toFixed(1)} ${y.toFixed(1)}H${x1.toFixed(1)}`);
      else for (let x = Math.ceil((x0 - high) / step) * step; x < x1 + high; x += step) {
        found.push(`M${x.toFixed(1)} ${(slope > 0 ? y0 : y1).toFixed(1)}l${high.toFixed(1)} ${(slope * high).toFixed(1)}`);
      }
    }
    return found.join("");
  }

  // Polygons in one drawing are hatched together, cut along their outlines; ids are unique in a document.
  function hatch(id, severity, shapes, bounds) {
    return drawing("g", {}, [
      drawing("clipPath", { id }, [drawing("path", { d: shapes })]),
      drawing("path", { class: "hatch", "data-severity": severity, d: lines(severity, bounds), "clip-path": `url(#${id})`, fill: "none", stroke: CONFLICT, "stroke-width": 0.4 }),
    ]);
  }

  const north = ({ box }) => [
    drawing("path", { d: `M${box.width - 8} 4l3.4 10l-3.4 -2.6l-3.4 2.6Z`, fill: "#000", stroke: "#fff", "stroke-width": 0.6, "paint-order": "stroke" }),
    lettered(box.width - 8, 19, say("leaf.north"), 5),
  ];

  const lettered = (x, y, text, size) => drawing("text", {
    x, y, "text-anchor": "middle", "font-size": size, "font-weight": 700, fill: "#000", stroke: "#fff", "stroke-width": 1.1, "paint-order": "stroke", text,
  });

  const svg = (box, children, label) => drawing("svg", {
    viewBox: `0 0 ${box.width} ${box.height}`, preserveAspectRatio: "xMidYMin meet", role: "img", "aria-label": label,
  }, [
    drawing("svg", { width: box.width, height: box.height, overflow: "hidden" }, children),
    drawing("rect", { x: 0.3, y: 0.3, width: box.width - 0.6, height: box.height - 0.6, fill: "none", stroke: "#000", "stroke-width": 0.6 }),
  ]);

  const isSmall = (store, i, { scale }) => {
    const [x0, y0, x1, y1] = boundsOf(store, i);
    return store.kind[i] !== 1 && Math.max(x1 - x0, y1 - y0) * scale < SMALL_MM;
  };

  const line = (shape, attributes) => drawing("path", { d: shape, fill: "none", "stroke-linejoin": "round", ...attributes });

  // B is broad and dashed, A thin and whole and drawn over it: where both have one outline, both are seen.
  function outline({ side, store, object }, seen) {
    return line(path(store, object, seen), {
      stroke: state.content().colours.side[side], "stroke-width": side === "a" ? 0.8 : 2, "stroke-dasharray": side === "b" ? "5 3" : null,
    });
  }

  // A letter at the object's outline, A at its start and B half way round: where both have one outline, both are read.
  function letter({ side, store, object }, seen) {
    const first = store.firstPoint[store.firstPart[object]], end = store.firstPoint[store.firstPart[object] + 1];
    const { width, height } = seen.box;
    const order = Array.from({ length: end - first }, (_, k) => first + (k + (side === "b" ? Math.floor((end - first) / 2) : 0)) % (end - first));
    const found = order.map((j) => place(store, j, seen)).find(([x, y]) => x > 6 && y > 6 && x < width - 6 && y < height - 14);
    return found ? lettered(found[0], found[1] + 2.2, side.toUpperCase(), 6.5) : null;
  }

  const middleOf = (store, i, seen) => {
    const [x0, y0, x1, y1] = boundsOf(store, i);
    return [((x0 + x1) / 2 - seen.left) * seen.scale, ((y0 + y1) / 2 - seen.top) * seen.scale];
  };

  function mark(i, seen) {
    const hollow = state.isUndecidable(i), size = 4.4;
    const [x, y] = middleOf(Lantu.map.store(), i, seen).map((value) => (value - size / 2).toFixed(2));
    const shape = drawing("path", {
      d: Lantu.dom.GLYPHS[state.text("severity", i)], fill: hollow ? "#fff" : CONFLICT, stroke: hollow ? CONFLICT : "#fff", "stroke-width": 1.6,
    });
    return drawing("g", { class: "mark", transform: `translate(${x} ${y}) scale(${size / 16})` }, [shape]);
  }

  // Hatched by severity; what is undecidable only has a dotted outline, what is too small its glyph.
  function conflicts(drawn, seen, id) {
    const store = Lantu.map.store(), shapes = new Map();
    const large = drawn.filter((i) => !isSmall(store, i, seen));
    for (const i of large.filter((one) => store.kind[one] === 3 && !state.isUndecidable(one))) {
      const severity = state.text("severity", i), box = boundsOf(store, i), there = shapes.get(severity);
      shapes.set(severity, there ? [there[0] + path(store, i, seen), joined([there[1], box])] : [path(store, i, seen), box]);
    }
    const onPaper = ([x0, y0, x1, y1]) => [(x0 - seen.left) * seen.scale, (y0 - seen.top) * seen.scale, (x1 - seen.left) * seen.scale, (y1 - seen.top) * seen.scale];
    return [
      ...[...shapes].map(([severity, [d, box]]) => hatch(`${id}-${severity}`, severity, d, onPaper(box))),
      ...large.map((i) => line(path(store, i, seen), {
        stroke: CONFLICT, "stroke-width": store.kind[i] === 3 ? 0.7 : 1.6, "stroke-dasharray": state.isUndecidable(i) ? "1.4 1.4" : null,
      })),
      ...drawn.filter((i) => isSmall(store, i, seen)).map((i) => mark(i, seen)),
    ];
  }

  // The conflict with both sides and what lies around; null where nothing of it has a place.
  // `left` is how many neighbours were not drawn.
  function ground(findings, id) {
    const store = Lantu.map.store();
    const drawn = findings.filter((i) => store.kind[i]), sides = findings.flatMap((i) => sidesOf(i).reverse());
    const all = [...drawn.map((i) => boundsOf(store, i)), ...sides.map((one) => boundsOf(one.store, one.object))];
    if (!all.length) return null;
    const seen = frame(padded(joined(all), 0.14, 40), EVIDENCE);
    const small = { ...seen, box: { ...EVIDENCE, unit: 0.35 } }, neighbours = [];
    let left = 0;
    for (const source of Lantu.map.sources()) {
      near(source.store, seen, (k) => {
        if (neighbours.length < NEIGHBOURS_MAX) neighbours.push(path(source.store, k, small));
        else left += 1;
      });
    }
    const large = sides.filter((one) => !isSmall(one.store, one.object, seen));
    const severities = [...new Set(drawn.map((i) => state.text("severity", i)))];
    const made = svg(EVIDENCE, [
      line(neighbours.join(""), { stroke: "#8a8a8a", "stroke-width": 0.2 }),
      ...conflicts(drawn, seen, id), ...large.map((one) => outline(one, seen)),
      ...(findings.length === 1 ? large.map((one) => letter(one, seen)) : []),
      ...scaleBar(seen), ...north(seen),
    ], say("leaf.drawing"));
    return { drawing: made, left, severities, seen };
  }

  // One sample a line of the key: side a or b, a severity's hatch, neighbours.
  function sample(kind, id) {
    const side = { a: ["a", 1.6, null], b: ["b", 4, "8 5"] }[kind];
    const inside = side
      ? line("M0 5H24", { stroke: state.content().colours.side[side[0]], "stroke-width": side[1], "stroke-dasharray": side[2] })
      : kind === "near" ? line("M0 5H24", { stroke: "#8a8a8a", "stroke-width": 0.7 })
        : hatch(`${id}-key-${kind}`, kind, "M1 1H23V9H1Z", [1, 1, 23, 9]);
    const frameOf = side || kind === "near" ? null : line("M1 1H23V9H1Z", { stroke: CONFLICT, "stroke-width": 0.8 });
    return drawing("svg", { viewBox: "0 0 24 10", "aria-hidden": "true" }, [inside, frameOf]);
  }

  // Where the drawing lies in the district: towns where there are any, else specks of what the page carries.
  function locator(seen) {
    const areas = Lantu.map.sources().filter((source) => source.boundary);
    const carried = areas.length ? areas : Lantu.map.sources();
    const objects = carried.flatMap((source) => Array.from({ length: source.store.size }, (_, i) => [source, i]))
      .filter(([source, i]) => source.store.kind[i]);
    if (!objects.length) return null;
    const frameBounds = [seen.left, seen.top, seen.left + seen.box.width / seen.scale, seen.top + seen.box.height / seen.scale];
    const whole = frame(padded(joined(objects.map(([source, i]) => boundsOf(source.store, i))), 0.03, 100), LOCATOR);
    const middle = (source, i) => middleOf(source.store, i, whole);
    const stride = Math.ceil(objects.length / SPECKS_MAX);
    const base = areas.length
      ? line(objects.map(([source, i]) => path(source.store, i, whole)).join(""), { fill: "#f2f2f2", stroke: "#444", "stroke-width": 0.35 })
      : line(objects.filter((_, k) => k % stride === 0).map(([source, i]) => `M${middle(source, i).map((v) => v.toFixed(1)).join(" ")}h.4`).join(""), { stroke: "#777", "stroke-width": 0.4 });
    const [left, top, right, bottom] = frameBounds, x = ((left + right) / 2 - whole.left) * whole.scale, y = ((top + bottom) / 2 - whole.top) * whole.scale;
    const side = Math.max(3, (right - left) * whole.scale), high = Math.max(2, (bottom - top) * whole.scale);
    return svg(LOCATOR, [
      base,
      drawing("path", { d: `M0 ${y.toFixed(1)}H${(x - side / 2).toFixed(1)}M${(x + side / 2).toFixed(1)} ${y.toFixed(1)}H${LOCATOR.width}M${x.toFixed(1)} 0V${(y - high / 2).toFixed(1)}M${x.toFixed(1)} ${(y + high / 2).toFixed(1)}V${LOCATOR.height}`, stroke: "#000", "stroke-width": 0.3, "stroke-dasharray": "2 1.2" }),
      drawing("rect", { x: (x - side / 2).toFixed(1), y: (y - high / 2).toFixed(1), width: side.toFixed(1), height: high.toFixed(1), fill: "none", stroke: "#000", "stroke-width": 1 }),
      ...(areas.length ? objects.map(([source, i]) => {
        const [a, b] = middle(source, i);
        return lettered(a, b + 1.6, source.layer.names[i] ?? "", 4.4);
      }) : []),
    ], say("leaf.locator"));
  }

  return { ground, sample, locator };
})();
