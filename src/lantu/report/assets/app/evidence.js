// The drawing on the card: both objects and the conflict among their neighbours, one at a time or swiped
// over one another. Its frame is made from the size of its box, so scale bar and north are never cut off.

Lantu.evidence = (() => {
  const { element, drawing, replace } = Lantu.dom;
  const { say } = Lantu.words;
  const { frame, boundsOf, joined, padded, path, near, scaleBar, sidesOf } = Lantu.sketch;
  const state = Lantu.state;
  const MODES = ["overlay", "a", "b", "conflict", "swipe"];
  const NEIGHBOURS_MAX = 1500;
  const HEIGHT_SHARE = 0.58; // of the width
  const MM_PX = 2.9;
  let mode = "overlay";
  let swipe = 50; // per cent of the width, from the left, that A takes

  const line = (shape, attributes) => drawing("path", { d: shape, fill: "none", "stroke-linejoin": "round", "fill-rule": "evenodd", ...attributes });

  // Null where neither the finding nor its sides have a place.
  function make(i) {
    const store = Lantu.map.store(), sides = sidesOf(i), isPlaced = store.kind[i] > 0;
    if (!isPlaced && !sides.length) return null;
    const box = element("section", { class: "evidence", "aria-label": say("evidence.title") });
    const available = MODES.filter((name) => ({
      overlay: true, a: sides.some(({ side }) => side === "a"), b: sides.some(({ side }) => side === "b"), conflict: isPlaced, swipe: sides.length === 2,
    })[name]);
    if (!available.includes(mode)) mode = "overlay";
    const show = () => replace(box, [picture(i, sides, box), controls(available, show, box)]);
    new ResizeObserver(show).observe(box); // the first size comes at once, a new one with the window
    return box;
  }

  function controls(available, show, box) {
    const buttons = available.map((name) => element("button", {
      type: "button", text: say(`evidence.${name}`), "aria-pressed": String(mode === name), "data-mode": name,
      click: () => { mode = name; show(); box.querySelector(`[data-mode="${name}"]`).focus(); },
    }));
    return element("div", { class: "modes", role: "group", "aria-label": say("evidence.title") }, [...buttons, mode === "swipe" ? slider(box) : null]);
  }

  function slider(box) {
    const node = element("input", { type: "range", min: "0", max: "100", "aria-label": say("evidence.swipe") });
    node.value = String(swipe);
    node.addEventListener("input", () => { swipe = Number(node.value); setSwipe(box.querySelector("svg")); });
    return node;
  }

  function setSwipe(svg) {
    const { width } = svg.viewBox.baseVal, x = width * swipe / 100;
    svg.querySelector(".clip-a").setAttribute("width", x);
    svg.querySelector(".clip-b").setAttribute("x", x);
    svg.querySelector(".clip-b").setAttribute("width", width - x);
    svg.querySelector(".swipe-line").setAttribute("d", `M${x} 0V${svg.viewBox.baseVal.height}`);
  }

  function picture(i, sides, box) {
    const width = Math.max(200, box.clientWidth), size = { width, height: Math.round(width * HEIGHT_SHARE), unit: MM_PX };
    const store = Lantu.map.store(), isPlaced = store.kind[i] > 0;
    const all = [...(isPlaced ? [boundsOf(store, i)] : []), ...sides.map((one) => boundsOf(one.store, one.object))];
    const seen = frame(padded(joined(all), 0.14, 20), size);
    const isShown = (name) => mode === "overlay" || mode === name || (mode === "swipe" && name !== "conflict");
    const svg = drawing("svg", {
      viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": say("evidence.drawing", { id: state.text("finding_id", i), mode: say(`evidence.${mode}`) }),
    }, [
      definitions(size), ...context(seen),
      ...sides.filter(({ side }) => isShown(side)).map((one) => sideShape(one, seen)),
      isPlaced && isShown("conflict") ? conflict(i, store, seen) : null,
      mode === "swipe" ? drawing("path", { class: "swipe-line", stroke: "#111", "stroke-width": 2 }) : null,
      ...scaleBar(seen), north(size),
    ]);
    if (mode === "swipe") setSwipe(svg);
    return svg;
  }

  function definitions({ width, height }) {
    const clip = (id) => drawing("clipPath", { id: `evidence-${id}` }, [drawing("rect", { class: `clip-${id}`, x: 0, y: 0, width, height })]);
    return drawing("defs", {}, [
      drawing("pattern", { id: "evidence-hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, [
        drawing("rect", { width: 8, height: 8, fill: "#ffd43b", "fill-opacity": 0.55 }), drawing("path", { d: "M0 0V8", stroke: "#8c1220", "stroke-width": 3 }),
      ]), clip("a"), clip("b"),
    ]);
  }

  // Neighbours in the tints of the light map: the drawing keeps its white ground in both themes.
  function context(seen) {
    const { base } = state.content(), shapes = [];
    for (const source of Lantu.map.sources()) {
      if (!source.visible) continue;
      near(source.store, seen, (k) => {
        if (shapes.length >= NEIGHBOURS_MAX) return;
        const tint = source.isBase && source.codes[k] >= 0 ? base.tints.muted[source.codes[k]] : "none";
        shapes.push(line(path(source.store, k, seen), { fill: source.store.kind[k] === 3 ? tint : "none", stroke: source.layer.outline, "stroke-width": 0.7, "stroke-opacity": 0.7 }));
      });
    }
    return shapes;
  }

  function sideShape({ side, store, object }, seen) {
    const colour = state.content().colours.side[side];
    return line(path(store, object, seen), {
      stroke: colour, "stroke-width": 2.6, "stroke-dasharray": side === "b" ? "8 5" : null, "data-side": side,
      fill: store.kind[object] === 3 ? colour : "none", "fill-opacity": 0.13, "clip-path": mode === "swipe" ? `url(#evidence-${side})` : null,
    });
  }

  const conflict = (i, store, seen) => line(path(store, i, seen), {
    fill: store.kind[i] === 3 ? "url(#evidence-hatch)" : "none", stroke: "#8c1220", "stroke-width": store.kind[i] === 3 ? 2 : 4, "data-side": "conflict",
  });

  const north = ({ width }) => drawing("g", { transform: `translate(${width - 18} 24)` }, [
    drawing("path", { d: "M0 -16L6 6L0 2L-6 6Z", fill: "#111", stroke: "#fff" }),
    drawing("text", { y: 19, "font-size": 11, "text-anchor": "middle", text: "N" }),
  ]);

  return { make };
})();
