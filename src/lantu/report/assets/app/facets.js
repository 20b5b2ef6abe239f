// What can be filtered by, and how many findings each choice would leave. A count leaves out its own facet,
// so that it says what a further choice adds. Findings are numbers here: 100,000 are counted in some 20 ms.

Lantu.facets = (() => {
  const NAMES = ["severity", "verdict", "status", "since", "department", "pair", "rule", "cause", "town"];
  const PAIR_OR_VERDICT = bit("pair") | bit("verdict"); // the matrix shows both, so neither empties it
  const facets = {}; // name: values, the place in them of each finding (-1: none), and a second place or null
  let size = 0;

  function bit(name) { return 1 << NAMES.indexOf(name); }

  function start(content, statuses) {
    size = content.findings.finding_id.codes.length;
    for (const [name, column] of [["verdict", "verdict"], ["rule", "rule"], ["cause", "cause_id"], ["town", "town"]]) {
      facets[name] = { values: content.findings[column].values, codes: Int32Array.from(content.findings[column].codes), more: null };
    }
    facets.severity = inOrder(content.findings.severity, content.run.severities);
    const order = content.departments.map((department) => department.key);
    const a = inOrder(content.findings.department_a, order), b = inOrder(content.findings.department_b, order);
    const other = b.codes.map((code, i) => (code === a.codes[i] ? -1 : code));
    facets.department = { values: order, codes: a.codes, more: other };
    facets.pair = pairs(order, a.codes, other);
    const since = content.since?.columns.status ?? { values: [], codes: new Int32Array(size).fill(-1) };
    facets.since = { values: since.values, codes: Int32Array.from(since.codes), more: null };
    facets.status = { values: statuses, codes: new Int32Array(size), more: new Int32Array(size) };
  }

  // A column of texts by their places in a given order.
  function inOrder({ values, codes }, order) {
    const places = values.map((value) => order.indexOf(value));
    return { values: order, codes: Int32Array.from(codes, (code) => (code < 0 ? -1 : places[code])), more: null };
  }

  // Pairs of departments are unordered; a finding about one department stands on the diagonal.
  function pairs(order, a, other) {
    const values = [], places = new Map();
    const place = (p, q) => {
      const key = `${order[Math.min(p, q)]}|${order[Math.max(p, q)]}`;
      if (!places.has(key)) places.set(key, values.push(key) - 1);
      return places.get(key);
    };
    const codes = a.map((p, i) => (p < 0 ? -1 : place(p, other[i] < 0 ? p : other[i])));
    return { values, codes, more: null };
  }

  // Statuses change while the page is open; overdue stands beside the status it belongs to. Most findings are open.
  function restate({ statuses, status, isOverdue, touched }) {
    const { codes, more } = facets.status, overdue = statuses.indexOf("overdue");
    codes.fill(statuses.indexOf("open"));
    more.fill(-1);
    for (const i of touched()) {
      codes[i] = statuses.indexOf(status(i));
      if (isOverdue(i)) more[i] = overdue;
    }
  }

  // The facets in use: which values are chosen, as a mask of their places.
  function inUse(filters) {
    return NAMES.filter((name) => filters[name].length).map((name) => {
      const { values, codes, more } = facets[name], mask = new Uint8Array(values.length);
      for (const value of filters[name]) mask[values.indexOf(value)] = 1;
      return { bit: bit(name), codes, more, mask };
    });
  }

  const meets = ({ codes, more, mask }, i) => mask[codes[i]] === 1 || (more !== null && mask[more[i]] === 1);

  // Returns which findings pass, as a list and by number, and the counts of each facet and of the matrix.
  function apply(filters, hasWords) {
    const used = inUse(filters), visible = new Uint8Array(size), list = [];
    const counts = Object.fromEntries(NAMES.map((name) => [name, new Uint32Array(facets[name].values.length)]));
    const matrix = { conflict: new Uint32Array(facets.pair.values.length), undecidable: new Uint32Array(facets.pair.values.length) };
    const conflict = facets.verdict.values.indexOf("conflict");
    for (let i = 0; i < size; i++) {
      let missed = 0;
      for (const facet of used) if (!meets(facet, i)) missed |= facet.bit;
      const isOne = (missed & (missed - 1)) === 0, isOfMatrix = (missed & ~PAIR_OR_VERDICT) === 0;
      if (!isOne && !isOfMatrix) continue;
      if (!hasWords(i)) continue;
      if (missed === 0) { visible[i] = 1; list.push(i); }
      if (isOfMatrix && facets.pair.codes[i] >= 0) {
        matrix[facets.verdict.codes[i] === conflict ? "conflict" : "undecidable"][facets.pair.codes[i]] += 1;
      }
      if (isOne) count(counts, missed, i);
    }
    return { visible, list, counts, matrix };
  }

  function count(counts, missed, i) {
    for (const name of NAMES) {
      if (missed !== 0 && missed !== bit(name)) continue;
      const { codes, more } = facets[name];
      if (codes[i] >= 0) counts[name][codes[i]] += 1;
      if (more !== null && more[i] >= 0) counts[name][more[i]] += 1;
    }
  }

  return {
    NAMES, start, restate, apply,
    values: (name) => facets[name].values,
    codes: (name) => facets[name].codes,
    knows: (name, value) => facets[name].values.includes(value),
    pairOf: (i) => facets.pair.values[facets.pair.codes[i]] ?? "",
  };
})();
