// The head of the page, the headline numbers, the matrix of departments and the filters.

Lantu.panels = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, pick } = Lantu.words;
  const state = Lantu.state;
  const VIEWS = ["overview", "unchecked", "rules", "since", "waived", "methods"];
  const COUNTS = ["conflict", "undecidable", "not-checked", "causes", "waived"];

  function start() {
    state.on("filter", () => { matrix(); facets(); });
    state.on("language", furnish);
    state.on("decide", statuses);
    state.on("view", views);
    furnish();
  }

  function furnish() {
    const { run, verdict } = state.content();
    document.documentElement.lang = Lantu.words.language() === "zh" ? "zh-CN" : "en";
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
    byId("level").textContent = say(`level.${run.level}`);
    byId("level").dataset.level = run.level;
    byId("title").textContent = say("title", { name: run.name });
    byId("about").textContent = say("about", { asOf: run.asOf, crs: run.crs, crsName: run.crsName, version: run.version });
    byId("verdict").textContent = pick(verdict);
    byId("language").textContent = say("language.other");
    numbers();
    views();
    matrix();
    facets();
  }

  // Each number leads to what it counts.
  const LEADS = {
    conflict: () => state.set({ verdict: "conflict" }),
    undecidable: () => state.set({ verdict: "undecidable" }),
    "not-checked": () => state.show("unchecked"),
    causes: () => { state.clear(); state.select(-1); },
    waived: () => state.show("waived"),
  };

  function numbers() {
    const { counts } = state.content();
    replace(byId("numbers"), COUNTS.map((name) => {
      const value = counts[name.replace("-", "_")];
      const lead = () => {
        if (!["not-checked", "waived"].includes(name)) state.show("overview");
        LEADS[name]();
      };
      return element("button", { type: "button", class: `number ${name}${value ? "" : " none"}`, click: lead }, [
        element("b", { "data-count": name, text: String(value) }),
        element("span", { text: say(`headline.${name}`) }),
      ]);
    }));
  }

  function views() {
    const { counts } = state.content();
    const shown = { unchecked: counts.not_checked, waived: counts.waived };
    replace(byId("views"), VIEWS.filter((name) => name !== "since" || Lantu.since.isThere()).map((name) => {
      const count = shown[name] ? ` ${shown[name]}` : "";
      return element("button", {
        type: "button", "aria-current": state.view() === name ? "page" : null, "data-view": name,
        text: say(`views.${name}`) + count, click: () => state.show(name),
      });
    }));
    for (const name of VIEWS) byId(`view-${name}`).hidden = state.view() !== name;
  }

  // Five steps from light to dark by the share of the largest cell.
  function shade(value, largest) {
    if (!value) return 0;
    return Math.min(5, 1 + Math.floor(4.999 * Math.sqrt(value / largest)));
  }

  function matrix() {
    const { departments, matrix: cells } = state.content();
    const largest = Math.max(1, ...cells.conflict.flat());
    const head = element("tr", {}, [
      element("td"),
      ...departments.map(({ name }) => element("th", { scope: "col", title: name }, [element("span", { text: name, class: /^[\x20-\x7e]*$/.test(name) ? "latin" : null })])),
    ]);
    // Only half of a symmetric matrix is drawn; a row's name stands in the empty half, beside its first cell.
    const rows = departments.map((row, r) => element("tr", {}, [
      element("th", { scope: "row", text: row.name, title: row.name, colspan: r + 1 }),
      ...departments.slice(r).map((column, c) => cell(row, column, r, r + c, cells, largest)),
    ]));
    const columns = element("colgroup", {}, [element("col", { class: "names" }), ...departments.map(() => element("col"))]);
    replace(byId("matrix"), [element("table", {}, [columns, element("thead", {}, [head]), element("tbody", {}, rows)])]);
    const size = departments.length;
    document.body.dataset.departments = size > 10 ? "many" : size > 6 ? "several" : "few";
    document.body.style.setProperty("--departments", Math.min(size, 13));
    const hasGaps = cells.notChecked.flat().some(Boolean), hasUnsure = cells.undecidable.flat().some(Boolean);
    replace(byId("matrix-note"), [
      element("span", { text: say("matrix.hint") }),
      hasGaps && element("span", {}, [element("i", { class: "mark gap" }), say("matrix.gap")]),
      hasUnsure && element("span", {}, [element("i", { class: "mark unsure" }), say("matrix.unsure")]),
    ]);
  }

  function cell(row, column, r, c, cells, largest) {
    const value = cells.conflict[r][c], unsure = cells.undecidable[r][c], gaps = cells.notChecked[r][c];
    const pair = `${row.key}|${column.key}`;
    const isChosen = state.filters.pair === pair;
    const said = say("matrix.cell", {
      a: row.name, b: column.name, conflict: value, undecidable: unsure, notChecked: gaps,
    });
    const button = element("button", {
      type: "button", "data-cell": pair, text: String(value), title: said, "aria-label": said,
      "aria-pressed": String(isChosen),
      class: `shade-${shade(value, largest)}${gaps ? " gap" : ""}${unsure ? " unsure" : ""}`,
      // The number counts conflicts, so a click shows exactly these; undecidable ones only where there is nothing else.
      click: () => state.set(isChosen ? { pair: null, verdict: null } : { pair, verdict: value ? "conflict" : null }),
    });
    return element("td", {}, [button]);
  }

  function facets() {
    const { run, counts } = state.content();
    const bySeverity = counts.by_severity;
    replace(byId("severities"), run.severities.map((name) => chip(
      [glyph(name)], say(`severity.${name}`), bySeverity.conflict[name] + bySeverity.undecidable[name], "severity", name,
    )));
    replace(byId("verdicts"), ["conflict", "undecidable"].map((name) =>
      chip([], say(`verdict.${name}`), counts[name], "verdict", name)));
    statuses();
    Lantu.since.chips(chip);
    rules();
  }

  // Nothing to choose from until something is decided.
  function statuses() {
    const counted = Lantu.decisions.counts();
    const shown = [...Lantu.decisions.STATUSES, "overdue"].filter((name) => counted[name]);
    const isOpen = shown.length <= 1 && shown[0] !== undefined && shown[0] === "open" && state.filters.status === null;
    replace(byId("statuses"), isOpen ? [] : shown.map((name) => chip([], say(`decision.status.${name}`), counted[name], "status", name)));
  }

  function chip(marks, text, count, filter, value) {
    const isChosen = state.filters[filter] === value;
    return element("button", {
      type: "button", class: "chip", "aria-pressed": String(isChosen),
      click: () => state.set({ [filter]: isChosen ? null : value }),
    }, [...marks, element("span", { text }), element("b", { text: String(count) })]);
  }

  function rules() {
    const counted = new Map();
    for (let i = 0; i < state.size(); i++) {
      const code = state.text("rule", i);
      counted.set(code, (counted.get(code) ?? 0) + 1);
    }
    const largest = Math.max(1, ...counted.values());
    const order = [...counted].sort((p, q) => q[1] - p[1] || (p[0] < q[0] ? -1 : 1));
    replace(byId("rules"), order.map(([code, count]) => {
      const isChosen = state.filters.rule === code;
      const bar = element("i");
      bar.style.width = `${100 * count / largest}%`;
      return element("button", {
        type: "button", class: "facet", "aria-pressed": String(isChosen),
        click: () => state.set({ rule: isChosen ? null : code }),
      }, [element("code", { text: code }), element("span", { text: state.ruleTitle(code) }), element("b", { text: String(count) }), bar]);
    }));
  }

  return { start };
})();
