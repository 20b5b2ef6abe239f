// The right side: causes first; with a finding selected, its card, A says and B says.

Lantu.card = (() => {
  const { byId, element, replace, glyph, write, visible } = Lantu.dom;
  const { say, pick, number, inFull, percent } = Lantu.words;
  const state = Lantu.state;
  const TEXT_MAX = 3000; // signs; a text may have a million, and laying that out stops the page for minutes

  function start() {
    byId("previous").addEventListener("click", () => state.step(-1));
    byId("next").addEventListener("click", () => state.step(1));
    byId("close").addEventListener("click", () => state.select(-1));
    byId("link").addEventListener("click", Lantu.address.copy);
    for (const event of ["select", "language"]) state.on(event, furnish);
    state.on("filter", () => (state.selected() < 0 ? furnish() : place())); // what is being written stays
    furnish();
  }

  function furnish() {
    const i = state.selected(), body = byId("side-body");
    write(byId("side-title"), say(i < 0 ? "causes.title" : "card.title"));
    place();
    for (const id of ["close", "link"]) byId(id).hidden = i < 0;
    replace(body, i < 0 ? Lantu.agenda.make(furnish) : [card(i)]);
    body.scrollTop = 0;
  }

  function place() {
    const i = state.selected(), list = state.list(), at = list.indexOf(i);
    write(byId("side-place"), i < 0 ? "" : `${at < 0 ? "–" : number(at + 1)} / ${number(list.length)}`);
  }

  function card(i) {
    const rule = state.text("rule", i), severity = state.text("severity", i), verdict = state.text("verdict", i);
    const texts = state.content().rules[rule] || {};
    return element("article", { "data-finding-id": state.text("finding_id", i), class: "card" }, [
      element("h4", {}, [glyph(severity, verdict === "undecidable"), element("span", { text: state.ruleTitle(rule) })]),
      element("p", { class: "pills" }, [
        element("span", { class: `pill ${severity}`, text: say(`severity.${severity}`) }),
        element("span", { class: "pill", text: say(`verdict.${verdict}`) }),
        element("span", { class: "pill", text: say(`level.${state.text("level", i)}`) }),
        element("code", { text: state.text("finding_id", i) }),
      ]),
      element("div", { class: "message" }, [long(state.sentence(i) ?? "")]),
      ...sides(i),
      Lantu.since.mark(i),
      facts(i),
      Lantu.evidence.make(i),
      block("card.resolve", texts.resolve, "resolve"),
      block("card.trap", texts.trap, "trap"),
      block("card.basis", texts.basis, "basis"),
      sidesOf(i).length ? sources(i) : null,
      ...Lantu.deciding.form(i),
    ]);
  }

  // The beginning of a very long text, and all of it in a box of its own on request.
  function long(text) {
    if (text.length <= TEXT_MAX) return element("span", { text });
    const open = element("button", { type: "button", class: "more", text: say("card.whole", { count: number(text.length) }) });
    const node = element("span", {}, [element("span", { text: `${text.slice(0, TEXT_MAX)}…` }), " ", open]);
    open.addEventListener("click", () => {
      const all = element("div", { class: "whole", tabindex: "0" }, pieces(visible(text)).map((piece) => element("div", { text: piece })));
      node.replaceWith(all);
      all.focus();
    });
    return node;
  }

  // Pieces out of sight are not laid out.
  const pieces = (text) => Array.from({ length: Math.ceil(text.length / TEXT_MAX) }, (_, k) => text.slice(k * TEXT_MAX, (k + 1) * TEXT_MAX));

  function block(title, text, kind) {
    if (!text) return null;
    return element("section", { class: `block ${kind}` }, [element("h5", { text: say(title) }), element("p", { text: pick(text) })]);
  }

  const sidesOf = (i) => ["a", "b"].filter((name) => state.text(`department_${name}`, i) !== null || state.text(`layer_${name}`, i) !== null);

  // Line by line, a column for each side; one column where there is no other side.
  function compared(i, told, kind, before, after) {
    const shown = sidesOf(i), columns = shown.map((name) => told(i, name));
    const cells = (make) => shown.map((name, at) => element("td", { class: `side ${name}` }, [make(name, at)]));
    const line = (term, make, rowKind = null) => element("tr", { class: rowKind }, [element("th", { scope: "row", text: term }), ...cells(make)]);
    const terms = Object.keys(columns[0] ?? {}).filter((term) => columns.some((one) => one[term]));
    return element("table", { class: `sides ${kind}` }, [
      before(shown), element("tbody", {}, [...after(line), ...terms.map((term) => line(term, (_, at) => long(columns[at][term] || "—")))]),
    ]);
  }

  // What A says and what B says.
  function sides(i) {
    const head = (shown) => element("thead", {}, [element("tr", {}, [element("td"), ...shown.map((name) => element("th", { scope: "col", class: `side ${name}` }, [
      element("b", { text: name.toUpperCase() }), " ", state.departmentName(state.text(`department_${name}`, i) ?? ""),
    ]))])]);
    return [
      compared(i, values, "values", head, (line) => [line(say("card.says"), (name) => long(shownValue(i, name) ?? "—"), "value")]),
      sidesOf(i).length < 2 ? element("p", { class: "note", text: say("card.no_other_side") }) : null,
    ];
  }

  // Where each says it: file, record, date, accuracy; and the dossier of a side that is a parcel.
  const sources = (i) => element("section", { class: "sources" }, [
    element("h5", { text: say("card.sources") }),
    compared(i, source, "", () => null, (line) => [line(say("card.layer"), (name) => element("span", {}, [state.text(`layer_${name}`, i) ?? "—", Lantu.dossier.button(i, name)]))]),
  ]);

  function shownValue(i, name) {
    const value = state.text(`value_${name}`, i);
    return value === null ? null : state.valueLabel(state.text("field", i), value);
  }

  function values(i, name) {
    const value = state.text(`value_${name}`, i);
    return {
      [say("card.standard_value")]: value !== shownValue(i, name) ? value : null,
      [say("card.raw")]: state.text(`raw_${name}`, i),
      [say("card.object")]: state.text(`id_${name}`, i) || say("card.whole_layer"),
    };
  }

  function source(i, name) {
    const field = state.text("field", i), place = state.number(`place_${name}`, i), record = state.number(`record_${name}`, i);
    const layer = place < 0 ? null : state.content().layers[place];
    return {
      [say("card.file")]: layer && [layer.file, layer.sublayer].filter(Boolean).join(" / "),
      [say("card.source_field")]: layer && field !== null ? layer.fields[field] : null,
      [say("card.record")]: record > 0 ? say("card.record_number", { record }) : null,
      [say("card.issued")]: layer && layer.issued,
      [say("card.accuracy")]: layer && `± ${number(layer.accuracy, 3)} m`,
    };
  }

  // A term without a value is left out.
  function facts(i) {
    const unit = state.text("unit", i), share = state.number("share_a", i);
    const told = [
      [say("card.field"), state.fieldName(state.text("field", i))],
      [say("card.measure"), inFull(state.number("measure", i), unit)],
      [say("card.required"), inFull(state.number("required", i), unit)],
      [say("card.tolerance"), inFull(state.number("tolerance", i), unit)],
      [say("card.share"), share === null ? null : percent(share)],
      [say("card.place"), state.placeName(i)],
    ].filter(([, value]) => value);
    return element("dl", { class: "measures" }, [...told.map(([term, value]) => fact(term, value)), cause(i)]);
  }

  const fact = (term, value, kind = null) => element("div", { class: kind }, [element("dt", { text: term }), element("dd", {}, [value])]);

  // Leads to the other findings of the same cause.
  function cause(i) {
    const id = state.text("cause_id", i), known = state.content().causes.find((entry) => entry.cause_id === id);
    if (!known) return null;
    const text = say("card.cause_text", { title: pick(known.title), count: number(known.findings) });
    return fact(say("card.cause"), element("button", {
      type: "button", text, title: pick(known.message), click: () => { state.set({ ...state.none(), cause: [id] }); state.select(-1); Lantu.map.toList(); },
    }), "cause");
  }

  return { start };
})();
