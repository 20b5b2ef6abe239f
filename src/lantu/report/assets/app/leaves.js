// Sheets for a meeting: A3 landscape, one to a finding or a cause, with its drawing, a locator, what both
// sides say and boxes for signatures. Drawn as SVG in millimetres, so that paper gets lines and not pixels;
// told apart by weight, dash and hatch, so that black and white is enough.

Lantu.leaves = (() => {
  const { element, drawing, glyph } = Lantu.dom;
  const { say, pick, inFull, number } = Lantu.words;
  const { frame, boundsOf, joined, padded, path, near, scaleBar, sidesOf } = Lantu.sketch;
  const state = Lantu.state;
  const LEAVES_MAX = 50;
  const NEIGHBOURS_MAX = 1500;
  const EVIDENCE = { width: 232, height: 176 };
  const LOCATOR = { width: 150, height: 74 };

  // A hatch of its own for each drawing: ids are unique in a document.
  function hatch(id, colour) {
    return drawing("defs", {}, [drawing("pattern", {
      id, width: 2.4, height: 2.4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    }, [drawing("path", { d: "M0 0V2.4", stroke: colour, "stroke-width": 1 })])]);
  }

  const svg = (box, children, label) => drawing("svg", {
    viewBox: `0 0 ${box.width} ${box.height}`, width: `${box.width}mm`, height: `${box.height}mm`, role: "img", "aria-label": label,
  }, children);

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
