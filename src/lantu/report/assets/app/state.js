// What is filtered, sorted and selected. Everybody reads it here; changes go out as events.

Lantu.state = (() => {
  const facets = Lantu.facets;
  const listeners = { filter: [], select: [], language: [], view: [], decide: [], theme: [] };
  let content = null;
  let size = 0;
  let filters = none();
  let found = null; // what the filters leave: see facets.js
  let selected = -1;
  let view = "overview";
  let sorting = { key: "severity", down: false };
  let places = new Map();
  let haystack = [];
  let severityOf = new Uint8Array(0);
  let statuses = null;

  // Of each facet the chosen values, any of which will do; none chosen is no filter.
  function none() {
    return { ...Object.fromEntries(facets.NAMES.map((name) => [name, []])), words: [] };
  }

  const on = (event, listener) => listeners[event].push(listener);
  const tell = (event) => listeners[event].forEach((listener) => listener());

  // standing says how decisions stand: they change, the content does not. Filled by the first "decide".
  function start(given, standing) {
    content = given;
    statuses = standing;
    size = given.findings.finding_id.codes.length;
    severityOf = Uint8Array.from({ length: size }, (_, i) => given.run.severities.indexOf(text("severity", i)));
    places = new Map(Array.from({ length: size }, (_, i) => [text("finding_id", i), i]));
    haystack = new Array(size);
    facets.start(given, statuses.statuses);
    on("decide", () => { facets.restate(statuses); find(); });
  }

  // A text column holds each value once; -1 stands for none.
  function text(name, i) {
    const column = content.findings[name];
    const code = column.codes[i];
    return code < 0 ? null : column.values[code];
  }

  const number = (name, i) => content.findings[name][i];

  const sentence = (i) => Lantu.sentences.of(i);

  function departmentName(key) {
    const department = content.departments.find((one) => one.key === key);
    return department ? department.name : key;
  }

  // "A × B", or one name where a finding concerns one department.
  function pairName(pair) {
    const [a, b] = pair.split("|").map(departmentName);
    return a === b ? a : `${a} × ${b}`;
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

  function pairKey(a, b) {
    const order = content.departments.map((department) => department.key);
    return order.indexOf(a) <= order.indexOf(b) ? `${a}|${b}` : `${b}|${a}`;
  }

  const placeName = (i) => [text("town", i), text("village", i)].filter(Boolean).join(" ");

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
      words.push(...Lantu.sentences.both(i));
      haystack[i] = words.join("\n").toLowerCase();
    }
    return haystack[i];
  }

  function apply() {
    find();
    tell("filter");
  }

  function find() {
    const { words } = filters;
    found = facets.apply(filters, words.length ? (i) => words.every((word) => searchable(i).includes(word)) : () => true);
    sort();
  }

  function sort() {
    const direction = sorting.down ? -1 : 1;
    const key = {
      severity: (i) => severityOf[i],
      rule: (i) => text("rule", i),
      status: (i) => statuses.statuses.indexOf(statuses.status(i)),
      departments: facets.pairOf,
      place: (i) => placeName(i) || "\uffff",
      measure: (i) => number("measure", i) ?? -Infinity,
    }[sorting.key];
    const keys = new Array(size);
    for (const i of found.list) keys[i] = key(i);
    found.list.sort((i, j) => (keys[i] < keys[j] ? -1 : keys[i] > keys[j] ? 1 : 0) * direction || i - j);
  }

  function sortBy(key) {
    sorting = { key, down: sorting.key === key ? !sorting.down : key === "measure" };
    apply();
  }

  function set(changes) {
    Object.assign(filters, changes);
    apply();
  }

  // Adds a value to what is chosen, or takes it away.
  function toggle(name, value) {
    const chosen = filters[name];
    set({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] });
  }

  const has = (name, value) => filters[name].includes(value);
  const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);
  const search = (query) => set({ words: wordsOf(query) });

  const clear = () => { filters = none(); apply(); };
  const isFiltered = () => Object.values(filters).some((chosen) => chosen.length);

  function select(i) {
    selected = i;
    tell("select");
  }

  function step(by) {
    const { list } = found;
    if (!list.length) return;
    const at = list.indexOf(selected);
    select(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length]);
  }

  function show(name) {
    view = name;
    tell("view");
  }

  return {
    start, on, tell, text, sentence, number, departmentName, pairName, placeName, ruleTitle, fieldName, valueLabel, pairKey, set, toggle,
    has, search, wordsOf, clear, none, isFiltered, select, step, show, sortBy, filters: () => filters, found: () => found,
    content: () => content, size: () => size, list: () => found.list, selected: () => selected, view: () => view,
    sorting: () => sorting, find: (id) => places.get(id) ?? -1, severityOf: (i) => severityOf[i],
    isUndecidable: (i) => text("verdict", i) === "undecidable",
  };
})();
