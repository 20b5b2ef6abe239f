// What goes to the printer: a readable list on A4, or the sheets of a meeting. The map is not printed.
// `#print=N&size=A3` in the address asks for N sheets (`all` for as many as there may be), on A3 or A4.

Lantu.print = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, pick, inFull } = Lantu.words;
  const state = Lantu.state;
  const FINDINGS_MAX = 500;
  const CAUSES_MAX = 200;
  const SIZES = ["a3", "a4"];
  let paper = null; // what a button asks for, while its dialog is open
  let wanted = null; // what the address asked for; selecting a finding changes the address

  function start() {
    wanted = asked();
    window.addEventListener("hashchange", () => { wanted = asked(); });
    window.addEventListener("beforeprint", prepare);
    byId("print").addEventListener("click", () => show("list"));
    byId("print-leaves").addEventListener("click", () => show("leaves"));
  }

  function show(kind) {
    paper = kind;
    window.print();
    paper = null;
  }

  // { sheets, size } of the address, null where it asks for none.
  function asked() {
    const given = new URLSearchParams(location.hash.slice(1)), text = given.get("print");
    const sheets = text === "all" ? Infinity : Math.floor(Number(text));
    if (text === null || !(sheets >= 1)) return null;
    const size = (given.get("size") ?? "").toLowerCase();
    return { sheets, size: SIZES.includes(size) ? size : SIZES[0] };
  }

  function prepare() {
    const kind = paper ?? (wanted ? "leaves" : "list"), { size, sheets } = (!paper && wanted) || {};
    const leaves = kind === "leaves" ? Lantu.leaves.make(size, sheets) : [];
    const sheet = byId("sheet");
    replace(sheet, leaves.length ? leaves : [paged(list(), say("title", { name: state.content().run.name }))]);
    sheet.classList.add("measured");
    Lantu.leaves.fit(leaves);
    sheet.classList.remove("measured");
  }

  // The level above and below each page, with what the page belongs to.
  function paged(children, title) {
    const { run } = state.content(), level = say(`level.${run.level}`);
    const line = (text) => element("tr", {}, [element("td", {}, [element("div", { class: "running" }, [element("b", { text: level }), element("span", { text })])])]);
    return element("table", { class: "paged" }, [
      element("thead", {}, [line(title)]),
      element("tbody", {}, [element("tr", {}, [element("td", {}, children.filter(Boolean))])]),
      element("tfoot", {}, [line(`${say("about", run)} · ${run.findingsSha256.slice(0, 12)}`)]),
    ]);
  }

  const labelled = (severity, hollow, text) => element("span", {}, [glyph(severity, hollow), ` ${text}`]);

  function causeRow(cause) {
    return [
      labelled(cause.severity, false, say(`severity.${cause.severity}`)), pick(cause.message),
      state.departmentName(cause.department), cause.findings,
    ];
  }

  function findingRow(i) {
    const severity = state.text("severity", i), hollow = state.isUndecidable(i), status = Lantu.decisions.status(i);
    const said = [say(`severity.${severity}`), hollow && say("verdict.undecidable"), status !== "open" && say(`decision.status.${status}`)];
    const sides = ["a", "b"].map((side) => state.text(`department_${side}`, i)).filter(Boolean).map(state.departmentName);
    return [
      element("div", {}, [labelled(severity, hollow, said.filter(Boolean).join(" · ")), element("div", {}, [element("code", { text: state.text("finding_id", i) })])]),
      element("div", {}, [element("div", { text: state.ruleTitle(state.text("rule", i)) }), element("div", { text: [...new Set(sides)].join(" × ") })]),
      state.sentence(i), inFull(state.number("measure", i), state.text("unit", i)),
    ];
  }

  function list() {
    const { run, verdict, causes, counts } = state.content();
    const found = state.list(), shown = found.slice(0, FINDINGS_MAX);
    return [
      element("h1", { text: say("title", { name: run.name }) }),
      element("p", { class: "sheet-about", text: byId("about").textContent }),
      element("p", { class: "sheet-verdict", text: pick(verdict) }),
      element("p", { text: ["conflict", "undecidable", "not-checked", "causes", "waived"]
        .map((name) => `${say(`headline.${name}`)} ${counts[name.replace("-", "_")]}`).join("　") }),
      causes.length ? element("h2", { text: say("causes.title") }) : null,
      causes.length ? Lantu.views.table(
        ["severity", "message", "department", "findings_count"].map((name) => say(`print.${name}`)),
        causes.slice(0, CAUSES_MAX).map(causeRow), "listed causes",
      ) : null,
      causes.length > CAUSES_MAX ? element("p", { text: say("causes.capped", { count: causes.length - CAUSES_MAX }) }) : null,
      element("h2", { text: say("print.findings", { shown: shown.length, total: found.length }) }),
      Lantu.views.table(["id", "rule", "message", "measure"].map((name) => say(`print.${name}`)), shown.map(findingRow), "listed findings"),
      element("h2", { text: say("views.unchecked") }),
      byId("view-unchecked").querySelector(".framed, .fine").cloneNode(true),
    ];
  }

  return { start, paged };
})();
