// The list of findings: only the rows in sight are in the document, however many there are.

Lantu.table = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, number, measure } = Lantu.words;
  const state = Lantu.state;
  const ROWS_MAX = 60;
  const AHEAD = 16;
  const COLUMNS = ["severity", "rule", "departments", "message", "measure", "place", "status"];
  const SORTABLE = new Set(["severity", "rule", "departments", "measure", "place", "status"]);
  let body = null;

  function start() {
    body = byId("rows");
    body.addEventListener("scroll", () => requestAnimationFrame(rows));
    new ResizeObserver(rows).observe(body);
    byId("search").addEventListener("input", later(() => state.search(byId("search").value), 120));
    byId("clear").addEventListener("click", () => { byId("search").value = ""; state.clear(); });
    body.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      state.step(by);
    });
    state.on("filter", () => { body.scrollTop = 0; furnish(); });
    state.on("select", () => { reveal(); rows(); });
    state.on("language", furnish);
    state.on("decide", rows);
    furnish();
  }

  function later(action, waitMs) {
    let timer = 0;
    return () => { clearTimeout(timer); timer = setTimeout(action, waitMs); };
  }

  const rowPx = () => (document.documentElement.dataset.present === "yes" ? 40 : 31);

  function furnish() {
    const { key, down } = state.sorting();
    replace(byId("head"), COLUMNS.map((name) => {
      const text = say(`list.${name}`);
      if (!SORTABLE.has(name)) return element("span", { text });
      const arrow = key === name ? (down ? " ▼" : " ▲") : "";
      return element("button", { type: "button", text: text + arrow, class: name, click: () => state.sortBy(name) });
    }));
    byId("shown").textContent = say("list.shown", { shown: number(state.list().length), total: number(state.size()) });
    byId("clear").hidden = !state.isFiltered();
    active();
    rows();
  }

  // What is filtered, each as a label that takes the filter away.
  function active() {
    const { pair, cause, rule, verdict, status, severity, since } = state.filters;
    const names = pair === null ? [] : pair.split("|").map(state.departmentName);
    const labels = [
      pair !== null && ["pair", names[0] === names[1] ? names[0] : names.join(" × ")],
      cause !== null && ["cause", say("list.cause")],
      rule !== null && ["rule", rule],
      verdict !== null && ["verdict", say(`verdict.${verdict}`)],
      status !== null && ["status", say(`decision.status.${status}`)],
      since !== null && ["since", say(`since.${since}`)],
      severity !== null && ["severity", say(`severity.${severity}`)],
    ];
    replace(byId("active"), labels.filter(Boolean).map(([name, text]) =>
      element("button", { type: "button", class: "tag", text: `${text} ×`, click: () => state.set({ [name]: null }) })));
  }

  function rows() {
    const list = state.list(), height = rowPx();
    byId("rows-height").style.height = `${list.length * height}px`;
    const first = Math.max(0, Math.floor(body.scrollTop / height) - AHEAD);
    const sight = Math.ceil((body.clientHeight || 300) / height) + 2 * AHEAD;
    const last = Math.min(list.length, first + Math.min(sight, ROWS_MAX));
    const made = [];
    for (let at = first; at < last; at++) made.push(row(list[at], at, height));
    replace(byId("rows-height"), made.length ? made : [element("p", { class: "empty", text: emptyText() })]);
  }

  function emptyText() {
    if (state.size()) return say("list.nothing");
    return say(state.content().counts.not_checked ? "list.none_but_gaps" : "list.none");
  }

  function row(i, at, height) {
    const severity = state.text("severity", i);
    const a = state.departmentName(state.text("department_a", i)), b = state.text("department_b", i);
    const message = state.text("message", i) ?? "";
    const place = [state.text("town", i), state.text("village", i)].filter(Boolean).join(" ");
    const node = element("div", {
      class: "row row-grid", "data-finding-id": state.text("finding_id", i),
      "aria-current": i === state.selected() ? "true" : null, click: () => state.select(i),
    }, [
      element("span", { class: "severity" }, [glyph(severity, state.isUndecidable(i)), element("span", { text: say(`severity.${severity}`) })]),
      element("span", { text: state.ruleTitle(state.text("rule", i)), title: state.text("rule", i) }),
      element("span", { text: b === null || b === state.text("department_a", i) ? a : `${a} × ${state.departmentName(b)}` }),
      element("span", { text: message, title: message }),
      element("span", { class: "measure", text: measure(state.number("measure", i), state.text("unit", i)) ?? "—" }),
      element("span", { text: place || "—" }),
      element("span", {}, [Lantu.deciding.badge(i)]),
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

  return { start, rows };
})();
