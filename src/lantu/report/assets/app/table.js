// The list of findings: only the rows in sight are in the document, however many there are.

Lantu.table = (() => {
  const { byId, element, replace, glyph, write } = Lantu.dom;
  const { say, number, measure } = Lantu.words;
  const state = Lantu.state;
  const ROWS_MAX = 60;
  const AHEAD = 16;
  const MESSAGE_MAX = 500; // signs in a row, of which some 50 are seen; the card has all of them
  const COLUMNS = ["id", "severity", "rule", "departments", "message", "measure", "place", "status"]; // the width decides which are shown
  const SORTABLE = new Set(["severity", "rule", "departments", "measure", "place", "status"]);
  let body = null;

  function start() {
    body = byId("rows");
    body.addEventListener("scroll", () => requestAnimationFrame(rows));
    new ResizeObserver(rows).observe(body);
    byId("search").addEventListener("input", later(() => state.search(byId("search").value), 120));
    byId("clear").addEventListener("click", () => { state.clear(); showQuery(); byId("search").focus(); });
    body.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      state.step(by);
    });
    state.on("filter", () => { body.scrollTop = 0; reveal(); furnish(); });
    state.on("select", () => { reveal(); rows(); });
    state.on("language", furnish);
    state.on("decide", furnish);
    furnish();
  }

  function later(action, waitMs) {
    let timer = 0;
    return () => { clearTimeout(timer); timer = setTimeout(action, waitMs); };
  }

  // The filter's words, where they came from the address and not from the box.
  function showQuery() {
    byId("search").value = state.filters().words.join(" ");
  }

  const rowPx = () => (Lantu.appearance.isPresented() || Lantu.appearance.isLarge() ? 40 : 31);

  function furnish() {
    const { key, down } = state.sorting();
    replace(byId("head"), [element("div", { role: "row", class: "row-grid" }, COLUMNS.map((name) => {
      const text = say(`list.${name}`), isSorted = key === name;
      const sort = SORTABLE.has(name) ? (isSorted ? (down ? "descending" : "ascending") : "none") : null;
      return element("div", { role: "columnheader", class: name, "aria-sort": sort }, [
        SORTABLE.has(name) ? element("button", { type: "button", text: text + (isSorted ? (down ? " ▼" : " ▲") : ""), "data-sort": name, click: () => sortBy(name) }) : text,
      ]);
    }))]);
    byId("table").setAttribute("aria-rowcount", String(state.list().length + 1));
    write(byId("shown"), say("list.shown", { shown: number(state.list().length), total: number(state.size()) }));
    byId("clear").hidden = !state.isFiltered();
    active();
    rows();
  }

  function sortBy(name) {
    state.sortBy(name);
    document.querySelector(`#head [data-sort="${name}"]`).focus();
  }

  // What is filtered, each as a label that takes the filter away.
  function active() {
    const filters = state.filters();
    const labels = Lantu.facets.NAMES.flatMap((name) => filters[name].map((value) => [name, value]));
    replace(byId("active"), labels.map(([name, value]) => {
      const text = Lantu.filters.nameOf(name, value);
      return element("button", {
        type: "button", class: "tag", title: text, "aria-label": say("list.without", { text }), "data-filter": name, click: () => state.toggle(name, value),
      }, [element("span", { text }), "×"]);
    }));
    byId("active").hidden = !labels.length;
  }

  function rows() {
    const list = state.list(), height = rowPx();
    byId("rows-height").style.height = `${list.length * height}px`;
    const first = Math.max(0, Math.floor(body.scrollTop / height) - AHEAD);
    const sight = Math.ceil((body.clientHeight || 300) / height) + 2 * AHEAD;
    const last = Math.min(list.length, first + Math.min(sight, ROWS_MAX));
    const made = [];
    for (let at = first; at < last; at++) made.push(row(list[at], at, height));
    replace(byId("rows-height"), made);
    byId("empty").hidden = made.length > 0;
    if (!made.length) write(byId("empty-text"), emptyText());
    byId("empty-clear").hidden = !state.isFiltered();
  }

  function emptyText() {
    if (state.size()) return say("list.nothing");
    return say(state.content().counts.not_checked ? "list.none_but_gaps" : "list.none");
  }

  function row(i, at, height) {
    const severity = state.text("severity", i), rule = state.text("rule", i), message = (state.sentence(i) ?? "").slice(0, MESSAGE_MAX);
    const cell = (name, children, title = null) => element("span", { role: "cell", class: name, title }, children);
    const departments = state.pairName(Lantu.facets.pairOf(i) || `${state.text("department_a", i) ?? ""}|${state.text("department_a", i) ?? ""}`);
    const node = element("div", {
      role: "row", "aria-rowindex": String(at + 2), class: "row row-grid", "data-finding-id": state.text("finding_id", i),
      "aria-current": i === state.selected() ? "true" : null, click: () => state.select(i),
    }, [
      cell("id", [element("code", { text: state.text("finding_id", i) })]),
      cell("severity", [glyph(severity, state.isUndecidable(i)), element("span", { text: say(`severity.${severity}`) })], say(`severity.${severity}`)),
      cell("rule", [state.ruleTitle(rule)], `${rule} ${state.ruleTitle(rule)}`),
      cell("departments", [departments], departments),
      cell("message", [message], message),
      cell("measure", [measure(state.number("measure", i), state.text("unit", i)) ?? "—"]),
      cell("place", [state.placeName(i) || "—"]),
      cell("status", [Lantu.deciding.badge(i)]),
    ]);
    node.style.top = `${at * height}px`;
    node.style.height = `${height}px`;
    return node;
  }

  function reveal() {
    const at = state.list().indexOf(state.selected());
    if (at < 0) return;
    const top = at * rowPx();
    if (top < body.scrollTop || top > body.scrollTop + body.clientHeight - rowPx()) {
      body.scrollTop = Math.max(0, top - body.clientHeight / 2);
    }
  }

  return { start, showQuery };
})();
