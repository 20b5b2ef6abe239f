// What is filtered, sorted and selected. Everybody reads it here; changes go out as events.

Lantu.state = (() => {
  const listeners = { filter: [], select: [], language: [], view: [], decide: [] };
  const filters = { severity: null, verdict: null, status: null, rule: null, pair: null, cause: null, since: null, words: [] };
  let content = null;
  let size = 0;
  let visible = new Uint8Array(0);
  let list = [];
  let selected = -1;
  let view = "overview";
  let sorting = { key: "severity", down: false };
  let places = new Map();
  let haystack = [];
  let severityOf = new Uint8Array(0);

  const on = (event, listener) => listeners[event].push(listener);
  const tell = (event) => listeners[event].forEach((listener) => listener());

  function start(given) {
    content = given;
    size = given.findings.finding_id.codes.length;
    visible = new Uint8Array(size).fill(1);
    severityOf = Uint8Array.from({ length: size }, (_, i) => given.run.severities.indexOf(text("severity", i)));
    places = new Map(Array.from({ length: size }, (_, i) => [text("finding_id", i), i]));
    haystack = new Array(size);
    apply();
  }

  // A text column holds each value once; -1 stands for none.
  function text(name, i) {
    const column = content.findings[name];
    const code = column.codes[i];
    return code < 0 ? null : column.values[code];
  }

  const number = (name, i) => content.findings[name][i];

  function departmentName(key) {
    const found = content.departments.find((department) => department.key === key);
    return found ? found.name : key;
  }

  function ruleTitle(code) {
    const rule = content.rules[code];
    return (rule && Lantu.words.pick(rule.title)) || code;
  }

  const fieldName = (field) => {
    const known = field === null ? null : content.labels[field];
    return known ? Lantu.words.pick(known.name) : field;
  };

  function valueLabel(field, value) {
    const known = field === null ? null : content.labels[field];
    return (known && Object.hasOwn(known.values, value) && Lantu.words.pick(known.values[value])) || value;
  }

  // Pairs of departments are unordered; a finding about one department stands on the diagonal.
  function pairKey(a, b) {
    const order = content.departments.map((department) => department.key);
    return order.indexOf(a) <= order.indexOf(b) ? `${a}|${b}` : `${b}|${a}`;
  }

  function pairOf(i) {
    const a = text("department_a", i);
    return pairKey(a, text("department_b", i) ?? a);
  }

  function searchable(i) {
    if (haystack[i] === undefined) {
      const words = Object.keys(content.findings)
        .filter((name) => content.findings[name].codes)
        .map((name) => text(name, i))
        .filter((value) => value !== null);
      const field = text("field", i);
      for (const side of ["a", "b"]) {
        const department = text(`department_${side}`, i), value = text(`value_${side}`, i);
        if (department) words.push(departmentName(department));
        const labels = field && content.labels[field] && content.labels[field].values[value];
        if (labels) words.push(labels.zh, labels.en);
      }
      const rule = content.rules[text("rule", i)];
      if (rule && rule.title) words.push(rule.title.zh, rule.title.en);
      haystack[i] = words.join("\n").toLowerCase();
    }
    return haystack[i];
  }

  function passes(i) {
    return (filters.severity === null || text("severity", i) === filters.severity)
      && (filters.verdict === null || text("verdict", i) === filters.verdict)
      && (filters.status === null || Lantu.decisions.has(i, filters.status))
      && (filters.rule === null || text("rule", i) === filters.rule)
      && (filters.cause === null || text("cause_id", i) === filters.cause)
      && (filters.since === null || Lantu.since.has(i, filters.since))
      && (filters.pair === null || pairOf(i) === filters.pair)
      && filters.words.every((word) => searchable(i).includes(word));
  }

  function apply() {
    list = [];
    for (let i = 0; i < size; i++) {
      visible[i] = passes(i) ? 1 : 0;
      if (visible[i]) list.push(i);
    }
    sort();
    tell("filter");
  }

  function sort() {
    const direction = sorting.down ? -1 : 1;
    const key = {
      severity: (i) => severityOf[i],
      rule: (i) => text("rule", i),
      status: (i) => Lantu.decisions.STATUSES.indexOf(Lantu.decisions.status(i)),
      departments: (i) => pairOf(i),
      place: (i) => `${text("town", i) ?? "\uffff"}${text("village", i) ?? ""}`,
      measure: (i) => number("measure", i) ?? -Infinity,
    }[sorting.key];
    const keys = new Map(list.map((i) => [i, key(i)]));
    list.sort((i, j) => {
      const p = keys.get(i), q = keys.get(j);
      return (p < q ? -1 : p > q ? 1 : 0) * direction || i - j;
    });
  }

  function sortBy(key) {
    sorting = { key, down: sorting.key === key ? !sorting.down : key === "measure" };
    apply();
  }

  function set(changes) {
    Object.assign(filters, changes);
    apply();
  }

  function search(query) {
    set({ words: query.toLowerCase().split(/\s+/).filter(Boolean) });
  }

  const clear = () => set({ severity: null, verdict: null, status: null, rule: null, pair: null, cause: null, since: null, words: [] });
  const isFiltered = () => Object.values(filters).some((value) => (Array.isArray(value) ? value.length : value !== null));

  function select(i) {
    selected = i;
    tell("select");
  }

  function step(by) {
    if (!list.length) return;
    const at = list.indexOf(selected);
    select(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length]);
  }

  function show(name) {
    view = name;
    tell("view");
  }

  return {
    start, on, tell, text, number, departmentName, ruleTitle, fieldName, valueLabel, pairKey, pairOf, set, search,
    clear, isFiltered, select, step, show, sortBy, filters, visible: () => visible,
    content: () => content, size: () => size, list: () => list, selected: () => selected, view: () => view,
    sorting: () => sorting, find: (id) => places.get(id) ?? -1, severityOf: (i) => severityOf[i],
    isUndecidable: (i) => text("verdict", i) === "undecidable",
  };
})();
