// A readable list on A4 for the browser's own print: the map is not printed, the words are.

Lantu.print = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say, pick, inFull } = Lantu.words;
  const state = Lantu.state;
  const FINDINGS_MAX = 500;
  let paper = "list";
  const CAUSES_MAX = 200;

  function start() {
    window.addEventListener("beforeprint", prepare);
    byId("print").addEventListener("click", () => { paper = "list"; window.print(); });
    byId("print-leaves").addEventListener("click", () => { paper = "leaves"; window.print(); paper = "list"; });
  }

  function prepare() {
    const leaves = paper === "leaves" ? Lantu.leaves.make() : [];
    if (leaves.length) replace(byId("sheet"), leaves);
    else list();
  }

  function list() {
    const { run, verdict, causes, counts } = state.content();
    const found = state.list(), shown = found.slice(0, FINDINGS_MAX);
    replace(byId("sheet"), [
      element("p", { class: "sheet-level", text: say(`level.${run.level}`) }),
      element("h1", { text: say("title", { name: run.name }) }),
      element("p", { class: "sheet-about", text: byId("about").textContent }),
      element("p", { class: "sheet-verdict", text: pick(verdict) }),
      element("p", { text: ["conflict", "undecidable", "not-checked", "causes", "waived"]
        .map((name) => `${say(`headline.${name}`)} ${counts[name.replace("-", "_")]}`).join("　") }),
      causes.length && element("h2", { text: say("causes.title") }),
      causes.length && Lantu.views.table(
        ["severity", "message", "department", "findings_count"].map((name) => say(`print.${name}`)),
        causes.slice(0, CAUSES_MAX).map((cause) => [say(`severity.${cause.severity}`), cause.message, state.departmentName(cause.department), cause.findings]),
      ),
      causes.length > CAUSES_MAX && element("p", { text: say("causes.capped", { count: causes.length - CAUSES_MAX }) }),
      element("h2", { text: say("print.findings", { shown: shown.length, total: found.length }) }),
      Lantu.views.table(["id", "severity", "rule", "message", "measure"].map((name) => say(`print.${name}`)), shown.map((i) => [
        element("code", { text: state.text("finding_id", i) }), `${say(`severity.${state.text("severity", i)}`)}${state.isUndecidable(i) ? ` · ${say("verdict.undecidable")}` : ""}`,
        state.ruleTitle(state.text("rule", i)), state.text("message", i), inFull(state.number("measure", i), state.text("unit", i)),
      ])),
      element("h2", { text: say("views.unchecked") }),
      byId("view-unchecked").querySelector(".framed, .fine").cloneNode(true),
    ]);
  }

  return { start };
})();
