// The list as filtered and sorted, as CSV for a spreadsheet: a byte-order mark so that Excel reads UTF-8,
// CRLF, every text in quotes, and none that a spreadsheet would take for a formula.

Lantu.csv = (() => {
  const { byId, element } = Lantu.dom;
  const state = Lantu.state;
  const TEXTS = [
    "finding_id", "rule", "verdict", "severity", "department_a", "layer_a", "id_a", "department_b", "layer_b", "id_b",
    "field", "value_a", "value_b", "raw_a", "raw_b",
  ];
  const NUMBERS = ["measure", "required", "tolerance", "share_a"];
  const REST = ["unit", "cause_id", "level", "town", "village"];
  // Also where signs that show nothing stand before it, and in the full width of East Asian keyboards.
  const FORMULA = /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

  function start() {
    byId("csv").addEventListener("click", () => save("findings.csv", text(), "text/csv"));
  }

  const quoted = (value) => {
    const plain = value === null ? "" : String(value);
    return `"${(FORMULA.test(plain) ? `'${plain}` : plain).replaceAll('"', '""')}"`;
  };

  function text() {
    const head = [...TEXTS, ...NUMBERS, ...REST, "message", "status"];
    const rows = state.list().map((i) => [
      ...TEXTS.map((name) => quoted(state.text(name, i))),
      ...NUMBERS.map((name) => state.number(name, i) ?? ""),
      ...REST.map((name) => quoted(state.text(name, i))),
      quoted(state.sentence(i)), quoted(Lantu.decisions.status(i)),
    ].join(","));
    return `\ufeff${[head.join(","), ...rows].join("\r\n")}\r\n`;
  }

  function save(name, content, type) {
    const link = element("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  return { start, save };
})();
