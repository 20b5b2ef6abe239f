// Departments by departments: how many conflicts, and where the number is not the whole truth, because
// something was not checked or a delivery is overdue.

Lantu.matrix = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say } = Lantu.words;
  const state = Lantu.state;
  const IN_FULL = 13; // departments; with more, those with most findings come first and the rest is scrolled to

  function start() {
    for (const event of ["filter", "language", "decide"]) state.on(event, furnish);
    const size = state.content().departments.length;
    document.body.dataset.departments = size > 10 ? "many" : size > 6 ? "several" : "few";
    document.body.style.setProperty("--departments", Math.min(size, IN_FULL));
    furnish();
  }

  // Five steps from light to dark by the share of the largest cell.
  function shade(value, largest) {
    if (!value) return 0;
    return Math.min(5, 1 + Math.floor(4.999 * Math.sqrt(value / largest)));
  }

  function furnish() {
    const { departments, stale, matrix: { notChecked } } = state.content();
    const { matrix } = state.found(), pairs = Lantu.facets.values("pair");
    const counted = new Map(pairs.map((pair, k) => [pair, { conflict: matrix.conflict[k], unsure: matrix.undecidable[k] }]));
    const largest = Math.max(1, ...matrix.conflict);
    const order = departments.map((_, k) => k);
    if (departments.length > IN_FULL) order.sort((p, q) => weight(counted, q) - weight(counted, p) || p - q);
    const cellOf = (r, c) => {
      const pair = state.pairKey(departments[r].key, departments[c].key);
      const { conflict, unsure } = counted.get(pair) ?? { conflict: 0, unsure: 0 };
      const late = [...new Set([r, c])].filter((k) => stale[departments[k].key]);
      return cell(pair, { conflict, unsure, gaps: notChecked[r][c], late, shade: shade(conflict, largest) });
    };
    replace(byId("matrix"), [table(order, departments, cellOf)]);
    const has = { gap: notChecked.flat().some(Boolean), unsure: matrix.undecidable.some(Boolean), stale: Object.keys(stale).length };
    replace(byId("matrix-note"), Object.keys(has).filter((name) => has[name])
      .map((name) => element("span", {}, [element("i", { class: `mark ${name}` }), say(`matrix.${name}`)])));
  }

  function weight(counted, k) {
    const { key } = state.content().departments[k];
    return [...counted].reduce((sum, [pair, { conflict }]) => sum + (pair.split("|").includes(key) ? conflict : 0), 0);
  }

  // Only half of a symmetric matrix is drawn; a row's name stands in the empty half, beside its first cell.
  function table(order, departments, cellOf) {
    const head = element("tr", {}, [
      element("td"),
      ...order.map((k) => departments[k].name).map((name) => element("th", { scope: "col", title: name }, [
        element("span", { text: name, class: /^[\x20-\x7e]*$/.test(name) ? "latin" : null }),
      ])),
    ]);
    const rows = order.map((r, at) => element("tr", {}, [
      element("th", { scope: "row", text: departments[r].name, title: departments[r].name, colspan: at + 1 }),
      ...order.slice(at).map((c) => cellOf(r, c)),
    ]));
    const columns = element("colgroup", {}, [element("col", { class: "names" }), ...order.map(() => element("col"))]);
    return element("table", {}, [columns, element("thead", {}, [head]), element("tbody", {}, rows)]);
  }

  function cell(pair, { conflict, unsure, gaps, late, shade: step }) {
    const [a, b] = pair.split("|").map(state.departmentName);
    const isChosen = state.has("pair", pair);
    const { departments, stale } = state.content();
    const said = [
      say("matrix.cell", { a, b, conflict, undecidable: unsure, notChecked: gaps }),
      ...late.map((k) => say("matrix.late", { name: departments[k].name, layers: stale[departments[k].key].join(", ") })),
    ].join(" ");
    const marks = [conflict > 999 && "long", gaps && "gap", unsure && "unsure", late.length && "stale"].filter(Boolean).join(" ");
    return element("td", {}, [element("button", {
      type: "button", "data-cell": pair, text: String(conflict), title: said, "aria-label": said,
      "aria-pressed": String(isChosen), class: `shade-${step} ${marks}`,
      // The number counts conflicts, so a click shows exactly these; undecidable ones only where there is nothing else.
      click: () => state.set(isChosen ? { pair: [], verdict: [] } : { pair: [pair], verdict: conflict ? ["conflict"] : [] }),
    })]);
  }

  return { start };
})();
