// What an earlier run said: new, persisting, resolved, not re-tested; and the runs before, as a small table with bars.

Lantu.since = (() => {
  const { element } = Lantu.dom;
  const { say, pick, number } = Lantu.words;
  const state = Lantu.state;
  const ALL = ["new", "reopened", "persisting", "resolved", "waived", "not_retested"];

  const content = () => state.content().since;
  const isThere = () => Boolean(content() || state.content().trend);

  function value(name, i) {
    const column = content().columns[name], code = column.codes[i];
    return code < 0 ? "" : column.values[code];
  }

  const sentence = (name, i) => pick(value(name, i)) ?? "";
  const columnNames = (names) => names.split(", ").map((name) => say(`since.column.${name}`)).join(say("comma"));

  const has = (i, status) => Boolean(content()) && value("status", i) === status;

  // On the card: since when, and which delivery brought it.
  function mark(i) {
    if (!content()) return null;
    const status = value("status", i), parts = [say(`since.${status}`)];
    if (status === "new") parts.push(say(`since.by.${value("introduced_by", i)}`), value("delivery", i), sentence("reason", i));
    for (const side of ["a", "b"]) {
      const change = value(`object_${side}`, i);
      const how = sentence(`changed_${side}`, i);
      if (change && change !== "same") parts.push(`${side.toUpperCase()}: ${say(`since.object.${change}`)}${how ? ` (${how})` : ""}`);
    }
    if (value("formerly", i)) parts.push(say("since.formerly", { id: value("formerly", i) }));
    if (value("changed", i)) parts.push(say("since.changed", { columns: columnNames(value("changed", i)) }));
    return element("p", { class: "note", "data-since": status, text: parts.filter(Boolean).join(" · ") });
  }

  function view(table, ruleName) {
    return [...compared(table, ruleName), ...trend(table)];
  }

  function compared(table, ruleName) {
    const since = content();
    if (!since) return [];
    const parts = [
      element("h3", { text: say("since.title", { run: since.run }) }),
      table(ALL.map((name) => say(`since.${name}`)), [ALL.map((name) => since.counts[name])]),
    ];
    if (since.deliveries.length) parts.push(element("h3", { text: say("since.deliveries") }), table(
      ["introduced_by", "delivery", "count"].map((name) => say(`since.${name}`)),
      since.deliveries.map((row) => [say(`since.by.${row.introduced_by}`), row.delivery, row.findings]),
    ));
    if (since.gone.length) parts.push(
      element("h3", { text: say("since.gone", { shown: since.gone.length, total: since.total }) }),
      table(["rule", "status", "message", "reason"].map((name) => say(`since.${name}`)),
        since.gone.map((row) => [ruleName(row.rule), say(`since.${row.status}`), pick(row.message), pick(row.reason)])),
    );
    return parts;
  }

  function trend(table) {
    const rows = state.content().trend;
    if (!rows) return [];
    const largest = Math.max(1, ...rows.map((row) => row.conflict));
    const bar = (row) => "█".repeat(Math.round(24 * row.conflict / largest));
    return [
      element("h3", { text: say("since.trend") }),
      table(["run", "as_of", "conflict", "undecidable", "not_checked", "waived_count", "chart"].map((name) => say(`since.${name}`)),
        rows.map((row) => [row.run || say("since.now"), row.as_of, row.conflict, row.undecidable, row.not_checked, row.waived, bar(row)])),
      element("p", { class: "note", text: say("since.trend_hint", { count: number(rows.length) }) }),
    ];
  }

  return { isThere, has, mark, view };
})();
