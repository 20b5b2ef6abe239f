// The card's form for a decision, and the bar that saves decisions to a file and loads them back.

Lantu.deciding = (() => {
  const { byId, element, replace, write } = Lantu.dom;
  const { say } = Lantu.words;
  const state = Lantu.state;
  const decisions = Lantu.decisions;
  const NAMED_MAX = 5;
  let notify = () => {};

  function start(toast) {
    notify = toast;
    byId("decisions-by").addEventListener("change", () => decisions.name(byId("decisions-by").value));
    byId("decisions-save").addEventListener("click", save);
    byId("decisions-load").addEventListener("click", () => byId("decisions-file").click());
    byId("decisions-file").addEventListener("change", load);
    state.on("decide", furnish);
    state.on("language", furnish);
    furnish();
  }

  function furnish() {
    const count = decisions.recorded(), unsaved = decisions.unsaved();
    byId("decisions-by").value = decisions.by();
    write(byId("decisions-count"), count ? say("decision.unsaved", { count, unsaved }) : "");
    byId("decisions-count").hidden = !count;
    byId("decisions-save").disabled = !count;
    const node = byId("decision-now"), i = state.selected();
    if (!node || i < 0) return;
    replace(node, now(i));
    replace(byId("decision-badge"), [badge(i), overdue(i) || null]);
  }

  function save() {
    const { text, count, left } = decisions.save();
    Lantu.csv.save("decisions.json", text, "application/json");
    notify(say(left ? "decision.saved_but" : "decision.saved", { count, left }));
  }

  async function load() {
    const input = byId("decisions-file");
    const file = input.files[0];
    if (!file) return;
    const done = decisions.load(await file.text());
    input.value = ""; // the same file may be chosen again
    state.tell("select");
    if (!done) return notify(say("decision.not_ours"));
    const which = done.lost.slice(0, NAMED_MAX).join(" · ").slice(0, 200) + (done.lost.length > NAMED_MAX ? " …" : "");
    notify(say(done.lost.length ? "decision.loaded_but" : "decision.loaded", { count: done.count, left: done.lost.length, which }));
  }

  // By key: 1 to 6.
  function choose(place) {
    const i = state.selected();
    if (i < 0) return;
    byId(`decision-${decisions.KINDS[place - 1]}`).click();
  }

  function take(i, changes) {
    decisions.decide(i, changes);
    shape(i);
    if ("decision" in changes) byId("decision-more").scrollIntoView({ block: "nearest" });
    if (!decisions.isKept()) notify(say("decision.not_kept"));
  }

  const badge = (i) => {
    const name = decisions.status(i);
    return element("span", { class: `standing ${name}`, "data-status": name, text: say(`decision.status.${name}`) });
  };

  const overdue = (i) => decisions.isOverdue(i) && element("span", { class: "standing overdue", "data-status": "overdue", text: say("decision.status.overdue") });

  function line(entry) {
    const facts = [
      entry.responsible && state.departmentName(entry.responsible), entry.due && `${say("decision.due")} ${entry.due}`,
      entry.until && `${say("decision.until")} ${entry.until}`, entry.reason, entry.note,
    ].filter(Boolean).join(" · ");
    const who = say("decision.who", { by: entry.by || "—", at: (entry.at ?? entry.decided_at ?? "").slice(0, 16).replace("T", " ") });
    return element("li", {}, [
      element("b", { text: say(`decision.word.${entry.decision}`) }), " ", element("small", { text: who }),
      facts && element("p", { text: facts }),
    ]);
  }

  // Where the finding stands: status, age, what is in force; a clash is shown side by side.
  function now(i) {
    const name = decisions.status(i), known = decisions.registered(i), draft = decisions.draft(i);
    const age = known && !draft ? element("small", { class: "age", text: say("decision.age", { days: known.age_days }) }) : null;
    const hint = ["clash", "reopened", "lapsed"].includes(name) && element("p", { class: "note", text: say(`decision.${name}_hint`) });
    const entries = decisions.inForce(i);
    const shown = draft && entries.length === 1 ? [] : entries;
    return [
      age, hint,
      shown.length && element("ul", { class: "in-force" }, shown.map(line)),
    ];
  }

  function field(name, node) {
    return element("label", { class: `field ${name}` }, [element("span", { text: say(`decision.${name}`) }), node]);
  }

  function input(i, name, type) {
    const node = element(type === "textarea" ? "textarea" : "input", {
      type: type === "textarea" ? null : type, id: `decision-${name}`, rows: type === "textarea" ? "2" : null,
    });
    node.value = decisions.draft(i)?.[name] ?? "";
    node.addEventListener("change", () => take(i, { [name]: node.value || null }));
    return field(name, node);
  }

  function responsible(i) {
    const options = [element("option", { value: "", text: say("decision.nobody") })]
      .concat(state.content().departments.map(({ key, name }) => element("option", { value: key, text: name })));
    const node = element("select", { id: "decision-responsible" }, options);
    node.value = decisions.draft(i)?.responsible ?? "";
    node.addEventListener("change", () => take(i, { responsible: node.value || null }));
    return field("responsible", node);
  }

  function radio(i, kind, place) {
    const node = element("input", { type: "radio", name: "decision", id: `decision-${kind}`, value: kind });
    node.checked = decisions.draft(i)?.decision === kind;
    node.addEventListener("change", () => take(i, { decision: kind }));
    return element("label", {}, [node, element("kbd", { text: String(place + 1) }), element("span", { text: say(`decision.word.${kind}`) })]);
  }

  // What belongs to a waiver shows with a waiver; without a decision there is nothing to say more of.
  function shape(i) {
    const draft = decisions.draft(i);
    byId("decision-more").hidden = !draft;
    byId("decision-waiver").hidden = draft?.decision !== "waived";
    byId("decision-incomplete").hidden = !draft || decisions.isWhole(draft);
  }

  function form(i) {
    const known = decisions.registered(i);
    const history = known && element("details", { class: "history" }, [
      element("summary", { text: say("decision.history", { count: known.history.length }) }),
      element("ol", {}, known.history.map(line)),
    ]);
    const withdraw = element("button", {
      type: "button", text: say("decision.withdraw"),
      click: () => { decisions.withdraw(i); state.tell("select"); },
    });
    const draft = decisions.draft(i);
    return [
      choices(i),
      element("section", { class: "deciding", "aria-label": say("decision.title") }, [
        element("div", { id: "decision-now", "aria-live": "polite" }, now(i).filter(Boolean)),
        element("div", { id: "decision-more", hidden: !draft }, [
          element("div", { id: "decision-waiver", hidden: draft?.decision !== "waived" }, [input(i, "reason", "text"), input(i, "until", "date")]),
          element("p", { id: "decision-incomplete", class: "note", role: "status", text: say("decision.incomplete"), hidden: !draft || decisions.isWhole(draft) }),
          responsible(i), input(i, "due", "date"), input(i, "note", "textarea"), withdraw,
        ]),
        history || null,
      ]),
    ];
  }

  // Stays in sight however far down the card is read: it is what the meeting is for.
  const choices = (i) => element("section", { class: "choices" }, [
    element("h5", {}, [element("span", { text: say("decision.title") }), element("span", { id: "decision-badge" }, [badge(i), overdue(i) || null])]),
    element("div", { class: "kinds", role: "radiogroup", "aria-label": say("decision.title") }, decisions.KINDS.map((kind, place) => radio(i, kind, place))),
  ]);

  return { start, form, choose, badge };
})();
