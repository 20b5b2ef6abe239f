// The filters on the left: chips for what has few values, lists with bars for what has many. Each count
// leaves its own facet out, so that it says what one more choice would add.

Lantu.filters = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, pick, number } = Lantu.words;
  const state = Lantu.state;
  const CHIPS = ["severity", "verdict", "status", "since"];
  const LISTS = ["department", "rule", "cause", "town"];
  const AT_FIRST = 8; // values of a list; the others after a click
  const isWhole = {};

  function start() {
    replace(byId("chips"), CHIPS.map((name) => element("div", { id: `chips-${name}`, class: "chips", role: "group" })));
    replace(byId("lists"), LISTS.map((name) => element("section", { id: `list-${name}`, class: "facet-list" })));
    for (const event of ["filter", "language", "decide"]) state.on(event, furnish);
    furnish();
  }

  // A value's word for people.
  const NAMED = {
    severity: (value) => say(`severity.${value}`), verdict: (value) => say(`verdict.${value}`),
    status: (value) => say(`decision.status.${value}`), since: (value) => say(`since.${value}`),
    department: (value) => state.departmentName(value), pair: (value) => state.pairName(value),
    rule: (value) => state.ruleTitle(value), town: (value) => value,
    cause: (value) => {
      const cause = state.content().causes.find((one) => one.cause_id === value);
      return cause ? [pick(cause.title), cause.object ?? cause.layer].filter(Boolean).join(" · ") : value;
    },
  };
  const nameOf = (facet, value) => NAMED[facet](value);

  const counted = (name) => Lantu.facets.values(name).map((value, k) => [value, state.found().counts[name][k]]);

  function furnish() {
    for (const name of CHIPS) {
      const shown = counted(name).filter(([value, count]) => name === "severity" || name === "verdict" || count || state.has(name, value));
      const box = byId(`chips-${name}`);
      box.setAttribute("aria-label", say(`filter.${name}`));
      box.hidden = !shown.length;
      replace(box, shown.map(([value, count]) => chip(name, value, count)));
    }
    for (const name of LISTS) replace(byId(`list-${name}`), list(name));
  }

  function chip(name, value, count) {
    return element("button", {
      type: "button", class: `chip${count ? "" : " none"}`, "aria-pressed": String(state.has(name, value)), "data-choice": `${name}=${value}`,
      click: () => { state.toggle(name, value); again(name, value); },
    }, [
      name === "severity" && glyph(value), name === "verdict" && value === "undecidable" && glyph("major", true),
      element("span", { text: nameOf(name, value) }), element("b", { text: number(count) }),
    ]);
  }

  // The buttons were made anew: the focus goes to the one that took the old one's place.
  function again(name, value) {
    document.querySelector(`[data-choice="${CSS.escape(`${name}=${value}`)}"]`)?.focus();
  }

  function list(name) {
    const all = counted(name).filter(([value, count]) => count || state.has(name, value))
      .sort((p, q) => state.has(name, q[0]) - state.has(name, p[0]) || q[1] - p[1] || (p[0] < q[0] ? -1 : 1));
    if (!all.length) return [];
    const shown = isWhole[name] ? all : all.slice(0, AT_FIRST), largest = Math.max(1, ...all.map(([, count]) => count));
    const more = all.length > AT_FIRST && element("button", {
      type: "button", class: "more", text: isWhole[name] ? say("filter.fewer") : say("filter.more", { count: all.length - AT_FIRST }),
      "aria-expanded": String(Boolean(isWhole[name])), click: () => { isWhole[name] = !isWhole[name]; furnish(); document.querySelector(`#list-${name} .more`).focus(); },
    });
    return [
      element("h3", { text: say(`filter.${name}`) }),
      element("div", { role: "group", "aria-label": say(`filter.${name}`) }, shown.map(([value, count]) => choice(name, value, count, largest))),
      more || null,
    ];
  }

  function choice(name, value, count, largest) {
    const bar = element("i");
    bar.style.width = `${100 * count / largest}%`;
    const text = nameOf(name, value);
    return element("button", {
      type: "button", class: "facet", "aria-pressed": String(state.has(name, value)), "data-choice": `${name}=${value}`, title: text,
      click: () => { state.toggle(name, value); again(name, value); },
    }, [name === "rule" && element("code", { text: value }), element("span", { text }), element("b", { text: number(count) }), bar]);
  }

  return { start, nameOf };
})();
