// The right side: causes first; with a finding selected, its card, A says and B says.

Lantu.card = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, pick, number, measure, inFull, percent } = Lantu.words;
  const state = Lantu.state;
  const AGENDA = 10;
  const CAUSES_MAX = 200;

  function start() {
    byId("previous").addEventListener("click", () => state.step(-1));
    byId("next").addEventListener("click", () => state.step(1));
    byId("close").addEventListener("click", () => state.select(-1));
    state.on("select", furnish);
    state.on("filter", furnish);
    state.on("language", furnish);
    furnish();
  }

  function furnish() {
    const i = state.selected();
    byId("side-title").textContent = say(i < 0 ? "causes.title" : "card.title");
    const at = state.list().indexOf(i);
    byId("side-place").textContent = i < 0 ? "" : `${at < 0 ? "–" : at + 1} / ${state.list().length}`;
    byId("close").hidden = i < 0;
    const body = byId("side-body");
    if (i < 0) delete body.dataset.findingId;
    replace(body, i < 0 ? agenda() : [card(i)]);
    body.scrollTop = 0;
  }

  function agenda() {
    const { causes, summary } = state.content();
    const parts = [];
    if (!summary.grouping.consolidated) parts.push(element("p", { class: "note", text: say("causes.not_consolidated") }));
    if (causes.length) parts.push(element("p", { class: "note", text: say("causes.hint") }), ...causes.slice(0, CAUSES_MAX).map(cause));
    if (causes.length > CAUSES_MAX) parts.push(element("p", { class: "note", text: say("causes.capped", { count: causes.length - CAUSES_MAX }) }));
    const rest = state.list().filter((i) => state.text("cause_id", i) === null);
    if (rest.length) {
      parts.push(element("h3", { text: say(causes.length ? "causes.others" : "causes.first", { count: rest.length }) }));
      parts.push(...rest.slice(0, AGENDA).map(item));
    }
    if (!parts.length) parts.push(element("p", { class: "note", text: say("causes.none") }));
    return parts;
  }

  function cause(entry) {
    const isChosen = state.filters.cause === entry.cause_id;
    return element("button", {
      type: "button", class: "item cause", "aria-pressed": String(isChosen),
      click: () => state.set({ cause: isChosen ? null : entry.cause_id }),
    }, [
      glyph(entry.severity),
      element("span", {}, [
        element("strong", { text: entry.message }),
        element("small", { text: [say(`causes.${entry.scope}`), entry.title, state.departmentName(entry.department), entry.layer].join(" · ") }),
      ]),
      element("b", { text: number(entry.findings) }),
    ]);
  }

  function item(i) {
    const value = measure(state.number("measure", i), state.text("unit", i));
    const b = state.text("department_b", i);
    const sides = [state.text("department_a", i), b].filter(Boolean).map(state.departmentName);
    const about = [...new Set(sides)].join(" × ");
    return element("button", { type: "button", class: "item", click: () => state.select(i) }, [
      glyph(state.text("severity", i), state.isUndecidable(i)),
      element("span", {}, [
        element("strong", { text: state.ruleTitle(state.text("rule", i)) }),
        element("small", { text: value ? `${about} · ${value}` : about }),
      ]),
    ]);
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
      element("p", { class: "message", text: state.text("message", i) }),
      element("div", { class: "sides" }, [side(i, "a"), side(i, "b")]),
      Lantu.since.mark(i),
      facts(i),
      Lantu.deciding.form(i),
      block("card.basis", texts.basis, "basis"),
      block("card.resolve", texts.resolve, "resolve"),
      block("card.trap", texts.trap, "trap"),
    ]);
  }

  function block(title, text, kind) {
    if (!text) return null;
    return element("section", { class: `block ${kind}` }, [element("h5", { text: say(title) }), element("p", { text: pick(text) })]);
  }

  function side(i, name) {
    const department = state.text(`department_${name}`, i), layer = state.text(`layer_${name}`, i);
    if (department === null && layer === null) {
      return element("div", { class: `side ${name} absent` }, [element("h5", { text: say("card.no_other_side") })]);
    }
    const field = state.text("field", i), value = state.text(`value_${name}`, i), raw = state.text(`raw_${name}`, i);
    const shown = value === null ? null : state.valueLabel(field, value);
    const place = state.number(`place_${name}`, i), record = state.number(`record_${name}`, i);
    const source = place < 0 ? null : state.content().layers[place];
    return element("div", { class: `side ${name}` }, [
      element("h5", {}, [element("b", { text: name.toUpperCase() }), state.departmentName(department ?? "")]),
      element("p", { class: "value", text: shown ?? "—" }),
      element("dl", {}, pairs([
        [say("card.standard_value"), value !== null && value !== shown ? value : null],
        [say("card.raw"), raw],
        [say("card.object"), state.text(`id_${name}`, i) || say("card.whole_layer")],
        [say("card.layer"), layer],
        [say("card.file"), source && [source.file, source.sublayer].filter(Boolean).join(" / ")],
        [say("card.record"), record > 0 ? say("card.record_number", { record }) : null],
        [say("card.issued"), source && source.issued],
        [say("card.accuracy"), source && `± ${number(source.accuracy, 3)} m`],
      ])),
      Lantu.dossier.button(i, name),
    ]);
  }

  // A list of terms; a term without a value is left out.
  const pairs = (entries) => entries
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .flatMap(([term, value]) => [element("dt", { text: term }), element("dd", { text: value })]);

  function facts(i) {
    const unit = state.text("unit", i), share = state.number("share_a", i);
    const place = [state.text("town", i), state.text("village", i)].filter(Boolean).join(" ");
    const causeId = state.text("cause_id", i);
    return element("dl", { class: "facts" }, pairs([
      [say("card.field"), state.fieldName(state.text("field", i))],
      [say("card.measure"), inFull(state.number("measure", i), unit)],
      [say("card.required"), inFull(state.number("required", i), unit)],
      [say("card.tolerance"), inFull(state.number("tolerance", i), unit)],
      [say("card.share"), share === null ? null : percent(share)],
      [say("card.place"), place],
      [say("card.rule"), state.text("rule", i)],
      [say("card.cause"), causeId],
    ]));
  }

  return { start };
})();
