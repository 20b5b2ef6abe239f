// Sheets for a meeting: A3 landscape, one to a finding or a cause, with its drawing, a locator, what both
// sides say and boxes for signatures. Drawn as SVG in millimetres, so that paper gets lines and not pixels;
// told apart by weight, dash and hatch, so that black and white is enough.

Lantu.leaves = (() => {
  const { element, drawing, glyph } = Lantu.dom;
  const { say, pick, inFull, number } = Lantu.words;
  const state = Lantu.state;
  const LEAVES_MAX = 50;
  const NEIGHBOURS_MAX = 1500;
  const EARTH_M = 40075016.686;
  const EVIDENCE = { width: 232, height: 176 };
  const LOCATOR = { width: 150, height: 74 };

  // A frame of the world (0 to 1) in millimetres of the box, the same scale on both axes.
  function frame(bounds, box) {
    const [x0, y0, x1, y1] = bounds;
    const scale = Math.min(box.width / (x1 - x0), box.height / (y1 - y0));
    const left = (x0 + x1) / 2 - box.width / scale / 2, top = (y0 + y1) / 2 - box.height / scale / 2;
    const latitude = Math.atan(Math.sinh(Math.PI * (1 - (y0 + y1))));
    return { left, top, scale, box, mmPerM: scale / (EARTH_M * Math.cos(latitude)) };
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

  function path(store, i, { left, top, scale }) {
    const at = (j) => `${(((store.x[j] + store.originX) / store.world - left) * scale).toFixed(2)} ${
      (((store.y[j] + store.originY) / store.world - top) * scale).toFixed(2)}`;
    const parts = [];
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const points = [];
      for (let j = store.firstPoint[p]; j < store.firstPoint[p + 1]; j++) points.push(at(j));
      if (store.kind[i] === 1) points.forEach((point) => parts.push(`M${point}m-2 0h4m-2 -2v4`));
      else parts.push(`M${points.join("L")}${store.kind[i] === 3 ? "Z" : ""}`);
    }
    return parts.join("");
  }

  function near(store, { left, top, scale, box }, take) {
    const x = left * store.world - store.originX, y = top * store.world - store.originY, unit = store.world / scale;
    Lantu.payload.query(store, x, y, x + box.width * unit, y + box.height * unit, take);
  }

  // A hatch of its own for each drawing: ids are unique in a document.
  function hatch(id, colour) {
    return drawing("defs", {}, [drawing("pattern", {
      id, width: 2.4, height: 2.4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    }, [drawing("path", { d: "M0 0V2.4", stroke: colour, "stroke-width": 1 })])]);
  }

  function scaleBar({ mmPerM, box }) {
    const rough = 45 / mmPerM, power = 10 ** Math.floor(Math.log10(rough));
    const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= rough) ?? power;
    const width = metres * mmPerM, y = box.height - 5;
    const said = metres < 1000 ? `${number(metres)} m` : `${number(metres / 1000)} km`;
    return [
      drawing("rect", { x: 3, y: y - 7, width: width + 6, height: 10, fill: "#fff" }),
      drawing("path", { d: `M6 ${y - 2}v2h${width.toFixed(2)}v-2`, fill: "none", stroke: "#000", "stroke-width": 0.5 }),
      drawing("text", { x: 6 + width / 2, y: y - 2.5, "text-anchor": "middle", "font-size": 3.6, text: said }),
    ];
  }

  const svg = (box, children, label) => drawing("svg", {
    viewBox: `0 0 ${box.width} ${box.height}`, width: `${box.width}mm`, height: `${box.height}mm`, role: "img", "aria-label": label,
  }, children);

  function sidesOf(i) {
    return ["a", "b"].flatMap((side) => {
      const place = state.number(`place_${side}`, i), object = state.number(`object_${side}`, i);
      const source = Lantu.map.sources()[place];
      return source && object >= 0 && source.store.kind[object] ? [{ side, store: source.store, object }] : [];
    });
  }

  function evidence(findings, id) {
    const store = Lantu.map.store();
    const drawn = findings.filter((i) => store.kind[i]), sides = findings.flatMap(sidesOf);
    const all = [...drawn.map((i) => boundsOf(store, i)), ...sides.map((one) => boundsOf(one.store, one.object))];
    if (!all.length) return element("p", { class: "leaf-nowhere", text: say("map.nowhere") });
    const seen = frame(padded(joined(all), 0.16, 40), EVIDENCE);
    const colour = state.content().colours;
    const neighbours = [];
    for (const source of Lantu.map.sources()) {
      near(source.store, seen, (k) => { if (neighbours.length < NEIGHBOURS_MAX) neighbours.push(path(source.store, k, seen)); });
    }
    const line = (shape, attributes) => drawing("path", { d: shape, fill: "none", "stroke-linejoin": "round", ...attributes });
    return svg(EVIDENCE, [
      hatch(id, "#8c1220"),
      line(neighbours.join(""), { stroke: "#9a9a9a", "stroke-width": 0.2 }),
      ...drawn.map((i) => line(path(store, i, seen), {
        fill: store.kind[i] === 3 ? `url(#${id})` : "none", stroke: "#8c1220", "stroke-width": 1.1,
      })),
      ...sides.map(({ side, store: own, object }) => line(path(own, object, seen), {
        stroke: colour.side[side], "stroke-width": side === "a" ? 0.9 : 0.7, "stroke-dasharray": side === "b" ? "4 2.4" : null,
      })),
      ...scaleBar(seen),
    ], say("leaf.drawing"));
  }

  function locator(findings) {
    const store = Lantu.map.store(), drawn = findings.filter((i) => store.kind[i]);
    const areas = Lantu.map.sources().filter((source) => source.boundary);
    const carried = areas.length ? areas : Lantu.map.sources();
    const all = carried.flatMap((source) => Array.from({ length: source.store.size }, (_, i) => i)
      .filter((i) => source.store.kind[i]).map((i) => boundsOf(source.store, i)));
    if (!drawn.length || !all.length) return null;
    const [x0, y0, x1, y1] = padded(joined(all), 0.03, 100);
    const seen = frame([x0, y0, x1, y1], LOCATOR), shapes = [], names = [];
    for (const { store: own, layer } of areas) {
      for (let i = 0; i < own.size; i++) {
        if (!own.kind[i]) continue;
        shapes.push(path(own, i, seen));
        const [a, b, c, d] = boundsOf(own, i);
        names.push(drawing("text", {
          x: ((a + c) / 2 - seen.left) * seen.scale, y: ((b + d) / 2 - seen.top) * seen.scale, "text-anchor": "middle", "font-size": 3.6, text: layer.names[i] ?? "",
        }));
      }
    }
    if (!areas.length) shapes.push(`M0 0H${LOCATOR.width}V${LOCATOR.height}H0Z`);
    const [a, b, c, d] = joined(drawn.map((i) => boundsOf(store, i)));
    const x = ((a + c) / 2 - seen.left) * seen.scale, y = ((b + d) / 2 - seen.top) * seen.scale;
    return svg(LOCATOR, [
      drawing("path", { d: shapes.join(""), fill: "#f2f2f2", stroke: "#555", "stroke-width": 0.3 }), ...names,
      drawing("circle", { cx: x, cy: y, r: 3.6, fill: "none", stroke: "#000", "stroke-width": 0.9 }),
      drawing("circle", { cx: x, cy: y, r: 1.1 }),
    ], say("leaf.locator"));
  }

  const cell = (i, side, name) => state.text(`${name}_${side}`, i) ?? "—";

  function said(i) {
    const field = state.text("field", i);
    const value = (side) => state.valueLabel(field, state.text(`value_${side}`, i)) ?? "—";
    const source = (side) => state.content().layers[state.number(`place_${side}`, i)];
    const rows = [
      ["card.layer", (side) => cell(i, side, "layer")], ["card.object", (side) => cell(i, side, "id")],
      ["leaf.value", value], ["card.raw", (side) => cell(i, side, "raw")],
      ["card.issued", (side) => source(side)?.issued ?? "—"],
    ];
    const head = ["a", "b"].map((side) => {
      const department = state.text(`department_${side}`, i);
      return `${side.toUpperCase()}　${department === null ? say("card.no_other_side") : state.departmentName(department)}`;
    });
    return Lantu.views.table(["", ...head], rows.map(([name, get]) => [say(name), get("a"), get("b")]));
  }

  function about(entries) {
    return element("dl", {}, entries.filter(([, text]) => text)
      .flatMap(([name, text]) => [element("dt", { text: say(name) }), element("dd", { text })]));
  }

  function leaf(entry, at, count) {
    const { run } = state.content();
    const rule = state.content().rules[entry.rule] || {};
    return element("article", { class: "leaf" }, [
      element("header", {}, [
        element("b", { text: say(`level.${run.level}`) }), element("span", { text: say("title", { name: run.name }) }),
        element("span", { text: `${at + 1} / ${count}` }),
      ]),
      element("h2", {}, [glyph(entry.severity), ` ${say(`severity.${entry.severity}`)}　${entry.title}　`, element("code", { text: entry.id })]),
      element("div", { class: "leaf-body" }, [
        element("div", {}, [evidence(entry.findings, `hatch-${at}`), element("p", { class: "leaf-key", text: say("leaf.key") })]),
        element("div", { class: "leaf-words" }, [
          element("p", { class: "leaf-message", text: entry.message }),
          entry.one === null ? null : said(entry.one),
          about([...entry.facts, ["card.basis", pick(rule.basis)], ["card.resolve", pick(rule.resolve)]]),
          locator(entry.findings),
        ]),
      ]),
      element("div", { class: "leaf-boxes" }, ["decision", "due", "sign_a", "sign_b"].map((name) => element("div", { text: say(`leaf.${name}`) }))),
      element("footer", {}, [element("span", { text: say("about", run) }), element("span", { text: `#finding=${entry.id}` })]),
    ]);
  }

  function ofFinding(i) {
    const unit = state.text("unit", i);
    return {
      id: state.text("finding_id", i), rule: state.text("rule", i), severity: state.text("severity", i), findings: [i], one: i,
      title: state.ruleTitle(state.text("rule", i)), message: state.text("message", i),
      facts: [
        ["card.measure", inFull(state.number("measure", i), unit)], ["card.required", inFull(state.number("required", i), unit)],
        ["card.place", [state.text("town", i), state.text("village", i)].filter(Boolean).join(" ")],
      ],
    };
  }

  function ofCause(cause, list) {
    return {
      id: cause.cause_id, rule: cause.rule, severity: cause.severity, one: null, title: cause.title, message: cause.message,
      findings: list.filter((i) => state.text("cause_id", i) === cause.cause_id),
      facts: [["print.department", state.departmentName(cause.department)], ["print.findings_count", number(cause.findings)]],
    };
  }

  // The selected finding alone; else the causes in the list, then the findings that no cause explains.
  function make() {
    const list = state.list(), chosen = state.selected();
    const inList = new Set(list.map((i) => state.text("cause_id", i)));
    const causes = state.content().causes.filter((cause) => inList.has(cause.cause_id));
    const rest = list.filter((i) => state.text("cause_id", i) === null);
    const wanted = chosen >= 0 ? [() => ofFinding(chosen)]
      : [...causes.map((cause) => () => ofCause(cause, list)), ...rest.map((i) => () => ofFinding(i))];
    const shown = wanted.slice(0, LEAVES_MAX);
    const made = shown.map((get, at) => leaf(get(), at, shown.length));
    if (wanted.length > shown.length) {
      made[0].querySelector("footer").prepend(element("b", { text: say("leaf.capped", { shown: shown.length, total: wanted.length }) }));
    }
    return made;
  }

  return { make };
})();
