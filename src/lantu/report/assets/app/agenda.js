// What to speak of first, shown while nothing is selected: the causes behind the findings of the list, then
// the findings that no cause explains.

Lantu.agenda = (() => {
  const { element, glyph } = Lantu.dom;
  const { say, number, measure, pick } = Lantu.words;
  const state = Lantu.state;
  const AT_FIRST = 12;
  const CAUSES_MAX = 200;
  let isWhole = false;

  function make(again) {
    const { summary, counts } = state.content(), parts = [];
    const causes = inList(), shown = causes.slice(0, isWhole ? CAUSES_MAX : AT_FIRST);
    if (Lantu.sentences.isAbroad() && state.content().untold) parts.push(element("p", { class: "note untold", text: say("causes.untold", { count: number(state.content().untold) }) }));
    if (!summary.grouping.consolidated) parts.push(element("p", { class: "note", text: say("causes.not_consolidated") }));
    if (causes.length) parts.push(element("p", { class: "note", text: say("causes.hint") }), element("ol", { class: "items" }, shown.map(cause)));
    if (causes.length > shown.length || isWhole) parts.push(more(causes.length, again));
    if (isWhole && causes.length > CAUSES_MAX) parts.push(element("p", { class: "note", text: say("causes.capped", { count: causes.length - CAUSES_MAX }) }));
    const rest = state.list().filter((i) => state.text("cause_id", i) === null);
    if (rest.length) {
      parts.push(element("h3", { text: say(causes.length ? "causes.others" : "causes.first", { count: number(rest.length) }) }));
      parts.push(element("ol", { class: "items" }, rest.slice(0, AT_FIRST).map(finding)));
    }
    if (!parts.length) parts.push(nothing(counts));
    return parts;
  }

  function nothing({ not_checked: gaps }) {
    const text = say(state.size() ? "list.nothing" : gaps ? "list.none_but_gaps" : "list.none");
    return element("div", { class: "nothing" }, [
      element("p", { text }),
      gaps ? element("button", { type: "button", text: say("causes.see_gaps", { count: number(gaps) }), click: () => state.show("unchecked") }) : null,
    ]);
  }

  // The causes of what is filtered, with their findings there; a chosen cause does not hide the others.
  function inList() {
    const counts = state.found().counts.cause, values = Lantu.facets.values("cause");
    const counted = new Map(values.map((value, k) => [value, counts[k]]));
    return state.content().causes.map((entry) => ({ ...entry, here: counted.get(entry.cause_id) ?? entry.findings }))
      .filter((entry) => entry.here && (counted.has(entry.cause_id) || !state.isFiltered()));
  }

  const more = (count, again) => element("button", {
    type: "button", class: "more", "aria-expanded": String(isWhole), click: () => { isWhole = !isWhole; again(); },
    text: isWhole ? say("filter.fewer") : say("causes.more", { count: number(count - AT_FIRST) }),
  });

  function cause(entry, at) {
    const isChosen = state.has("cause", entry.cause_id);
    const about = [say(`causes.${entry.scope}`), state.departmentName(entry.department), entry.layer].filter(Boolean).join(" · ");
    return item(at, entry.severity, false, {
      class: "item cause", "aria-pressed": String(isChosen), title: pick(entry.message), "data-cause": entry.cause_id,
      click: () => choose(entry.cause_id, isChosen),
    }, [element("strong", { text: pick(entry.title) }), element("p", { text: pick(entry.message) }), element("small", { text: about })], number(entry.here));
  }

  function choose(id, isChosen) {
    state.set({ cause: isChosen ? [] : [id] });
    document.querySelector(`[data-cause="${CSS.escape(id)}"]`)?.focus();
    if (!isChosen) Lantu.map.toList();
  }

  function finding(i, at) {
    const sides = [...new Set([state.text("department_a", i), state.text("department_b", i)].filter(Boolean))].map(state.departmentName);
    const about = [sides.join(" × "), state.placeName(i), measure(state.number("measure", i), state.text("unit", i))].filter(Boolean).join(" · ");
    return item(at, state.text("severity", i), state.isUndecidable(i), { class: "item", click: () => state.select(i) },
      [element("strong", { text: state.ruleTitle(state.text("rule", i)) }), element("small", { text: about })], null);
  }

  const item = (at, severity, hollow, attributes, words, count) => element("li", {}, [element("button", { type: "button", ...attributes }, [
    element("i", { class: "place", text: String(at + 1) }), glyph(severity, hollow),
    element("span", {}, words),
    count === null ? null : element("b", { text: count }),
  ])]);

  return { make };
})();
