// Sheets for a meeting: one to a finding or a cause, with its drawing, a locator, what both sides say and
// boxes for signatures. A3 landscape, or the same smaller on A4.

Lantu.leaves = (() => {
  const { element, glyph } = Lantu.dom;
  const { say, pick, inFull, number, percent } = Lantu.words;
  const state = Lantu.state;
  const LEAVES_MAX = 50;
  const ASKED_MAX = 500;
  const ROWS_MAX = 6;
  // A sheet holds so many characters; the whole text stands in the report and in findings.xlsx.
  const MESSAGE_MAX = 420, TEXT_MAX = 300, CELL_MAX = 52;
  const SMALLER = ["dense", "denser"];
  const FIRST_WIDE = 0x2e80; // from here on, characters are twice as wide as Latin ones

  const width = (sign) => (sign.codePointAt(0) >= FIRST_WIDE ? 2 : 1);
  const long = (text) => [...text].reduce((sum, sign) => sum + width(sign), 0);

  // A text of so many Latin characters' width at most; an ellipsis says that there is more.
  function cut(text, most) {
    if (typeof text !== "string" || 2 * text.length <= most || long(text) <= most) return text;
    let room = most - 1, kept = "";
    for (const sign of text) {
      room -= width(sign);
      if (room < 0) return `${kept}…`;
      kept += sign;
    }
    return kept;
  }

  const sourceOf = (i, side) => state.content().layers[state.number(`place_${side}`, i)];

  function department(i, side) {
    const key = state.text(`department_${side}`, i);
    return key === null ? null : state.departmentName(key);
  }

  // A row a thing said, a column a side; a row that neither side fills is left out.
  function values(i) {
    const field = state.text("field", i);
    const record = (side) => { const at = state.number(`record_${side}`, i); return at > 0 ? say("card.record_number", { record: at }) : null; };
    const file = (side) => { const from = sourceOf(i, side); return from ? [from.file, from.sublayer].filter(Boolean).join(" / ") : null; };
    const accuracy = (side) => { const from = sourceOf(i, side); return from ? `± ${number(from.accuracy, 3)} m` : null; };
    const rows = [
      [state.fieldName(field) ?? say("leaf.value"), (side) => state.valueLabel(field, state.text(`value_${side}`, i))],
      [say("card.raw"), (side) => state.text(`raw_${side}`, i)],
      [say("card.object"), (side) => state.text(`id_${side}`, i) || (state.text(`layer_${side}`, i) ? say("card.whole_layer") : null)],
      [say("card.layer"), (side) => state.text(`layer_${side}`, i)],
      [say("card.file"), file], [say("card.record"), record],
      [say("card.issued"), (side) => sourceOf(i, side)?.issued], [say("card.accuracy"), accuracy],
    ];
    const head = ["a", "b"].map((side) => `${side.toUpperCase()}　${department(i, side) ?? say("card.no_other_side")}`);
    const filled = rows.map(([name, get]) => [name, cut(get("a"), CELL_MAX), cut(get("b"), CELL_MAX)]).filter(([, a, b]) => a || b);
    return Lantu.views.table(["", ...head], filled.map(([name, a, b]) => [name, a || null, b || null]), "values");
  }

  // What a cause explains: both sides of its first findings.
  function explained(findings, most) {
    const said = (i, side) => {
      const field = state.text("field", i);
      const value = state.valueLabel(field, state.text(`value_${side}`, i));
      return cut([state.text(`id_${side}`, i) || state.text(`layer_${side}`, i), value].filter(Boolean).join(" · "), CELL_MAX) || null;
    };
    const rows = findings.slice(0, most * ROWS_MAX).map((i) => [said(i, "a"), said(i, "b"), inFull(state.number("measure", i), state.text("unit", i))]);
    const table = Lantu.views.table([say("leaf.side_a"), say("leaf.side_b"), say("card.measure")], rows, "explained");
    if (findings.length <= most * ROWS_MAX) return [table];
    return [table, element("p", { class: "leaf-more", text: say("leaf.more", { count: number(findings.length - most * ROWS_MAX) }) })];
  }

  function about(entries, most) {
    const filled = entries.filter(([, text]) => text);
    return element("dl", {}, filled.flatMap(([name, text]) => [element("dt", { text: say(name) }), element("dd", { text: cut(text, most * TEXT_MAX) })]));
  }

  function key(entry, ground, id) {
    const { sample } = Lantu.leafDrawing;
    const side = (name) => element("span", {}, [sample(name, id), entry.one === null ? say(`leaf.key_${name}`)
      : `${name.toUpperCase()} ${department(entry.one, name) ?? ""} ${cut(state.text(`id_${name}`, entry.one) ?? "", CELL_MAX)}`]);
    const hasSide = (name) => entry.findings.some((i) => state.number(`object_${name}`, i) >= 0);
    return element("p", { class: "leaf-key" }, [
      ...["a", "b"].filter(hasSide).map(side),
      ...ground.severities.map((severity) => element("span", {}, [sample(severity, id), say("leaf.key_conflict", { severity: say(`severity.${severity}`) })])),
      element("span", {}, [sample("near"), say("leaf.key_near")]),
      ground.left ? element("span", { text: say("leaf.neighbours_left", { count: number(ground.left) }) }) : null,
    ]);
  }

  function boxes(entry) {
    const who = (side) => [...new Set(entry.findings.map((i) => department(i, side)).filter(Boolean))];
    const signed = (side) => element("div", { text: who(side).length ? say(`leaf.sign_${side}`, { who: cut(who(side).join(say("comma")), CELL_MAX) }) : say("leaf.sign_other") });
    const choices = Lantu.decisions.KINDS.map((kind) => element("li", { text: say(`decision.word.${kind}`) }));
    return element("div", { class: "leaf-boxes" }, [
      element("div", { text: say("leaf.decision") }, [element("ul", {}, choices)]),
      element("div", { text: say("leaf.due") }), signed("a"), signed("b"),
    ]);
  }

  function leaf(entry, at, count, size) {
    const { run, rules } = state.content(), rule = rules[entry.rule] || {}, id = `hatch-${at}`;
    const ground = Lantu.leafDrawing.ground(entry.findings, id);
    const level = say(`level.${run.level}`);
    const most = ground ? 1 : 5; // without a drawing there is room for all words
    const words = [
      ...(entry.one === null ? explained(entry.findings, most) : [values(entry.one)]),
      about([...entry.facts, ["card.basis", pick(rule.basis)], ["card.resolve", pick(rule.resolve)]], most),
      ground && Lantu.leafDrawing.locator(ground.seen),
    ];
    return element("article", { class: `leaf ${size}`, "data-leaf": entry.id }, [
      element("header", {}, [
        element("b", { text: level }), element("span", { text: say("title", { name: run.name }) }), element("span", { text: `${at + 1} / ${count}` }),
      ]),
      element("h2", {}, [
        glyph(entry.severity, entry.isUndecidable), element("span", { text: `${say(`severity.${entry.severity}`)}　${entry.title}` }),
        entry.isUndecidable ? element("small", { text: say("verdict.undecidable") }) : null, element("code", { text: entry.id }),
      ]),
      element("p", { class: "leaf-message", text: cut(entry.message, most * MESSAGE_MAX) }),
      element("div", { class: `leaf-body${ground ? "" : " nowhere"}` }, [
        ground ? element("div", { class: "leaf-ground" }, [ground.drawing, key(entry, ground, id)]) : null,
        element("div", { class: "leaf-words" }, words),
      ]),
      boxes(entry),
      element("footer", {}, [element("b", { text: level }), element("span", { text: say("about", run) }), element("code", { text: entry.id })]),
    ]);
  }

  function ofFinding(i) {
    const unit = state.text("unit", i), share = state.number("share_a", i), status = Lantu.decisions.status(i);
    return {
      id: state.text("finding_id", i), rule: state.text("rule", i), severity: state.text("severity", i), findings: [i], one: i,
      title: state.ruleTitle(state.text("rule", i)), message: state.sentence(i), isUndecidable: state.isUndecidable(i),
      facts: [
        ["card.measure", inFull(state.number("measure", i), unit)], ["card.required", inFull(state.number("required", i), unit)],
        ["card.tolerance", inFull(state.number("tolerance", i), unit)], ["card.share", share === null ? null : percent(share)],
        ["card.place", [state.text("town", i), state.text("village", i)].filter(Boolean).join(" ")],
        ["leaf.status", status === "open" ? null : say(`decision.status.${status}`)],
      ],
    };
  }

  function ofCause(cause, list) {
    const findings = list.filter((i) => state.text("cause_id", i) === cause.cause_id);
    return {
      id: cause.cause_id, rule: cause.rule, severity: cause.severity, one: null, title: pick(cause.title), message: pick(cause.message), findings,
      isUndecidable: false,
      facts: [
        ["print.department", state.departmentName(cause.department)], ["card.layer", cause.layer],
        ["print.findings_count", findings.length < cause.findings ? say("leaf.of_cause", { shown: number(findings.length), total: number(cause.findings) }) : number(cause.findings)],
      ],
    };
  }

  // The selected finding alone; else the causes in the list, then the findings that no cause explains.
  // `asked` is how many at most, 50 where nothing is asked; what is left out stands on the first sheet.
  function make(size = "a3", asked = LEAVES_MAX) {
    const list = state.list(), chosen = state.selected();
    const inList = new Set(list.map((i) => state.text("cause_id", i)));
    const causes = state.content().causes.filter((cause) => inList.has(cause.cause_id));
    const rest = list.filter((i) => state.text("cause_id", i) === null);
    const wanted = chosen >= 0 ? [() => ofFinding(chosen)]
      : [...causes.map((cause) => () => ofCause(cause, list)), ...rest.map((i) => () => ofFinding(i))];
    const shown = wanted.slice(0, Math.min(asked, ASKED_MAX));
    const made = shown.map((get, at) => leaf(get(), at, shown.length, size));
    if (wanted.length > shown.length) {
      made[0]?.querySelector("footer span").prepend(element("strong", { text: `${say("leaf.capped", { shown: shown.length, total: wanted.length })}　` }));
    }
    return made;
  }

  // Words that are higher than their sheet are set smaller, as far as can be read; sheets stand in the page by now.
  function fit(sheets) {
    for (const words of sheets.flatMap((sheet) => [...sheet.querySelectorAll(".leaf-words")])) {
      for (const size of SMALLER) if (words.scrollHeight > words.clientHeight) words.classList.add(size);
    }
  }

  return { make, fit };
})();
