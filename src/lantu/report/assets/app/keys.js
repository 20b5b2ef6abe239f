// Single keys for a meeting, ignored while something is written; "?" lists them.

Lantu.keys = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say } = Lantu.words;
  const state = Lantu.state;
  const LISTED = [["J", "K"], ["1", "6"], ["/"], ["F"], ["A"], ["P"], ["L"], ["Esc"], ["?"]];

  const ACTIONS = {
    j: () => state.step(1), k: () => state.step(-1), p: () => Lantu.appearance.present(), l: () => byId("language").click(),
    f: () => Lantu.map.toSelected(), a: () => Lantu.map.toHome(), "/": toSearch, "?": help, escape: back,
    ...Object.fromEntries(Lantu.decisions.KINDS.map((_, at) => [String(at + 1), () => Lantu.deciding.choose(at + 1)])),
  };

  function start() {
    document.addEventListener("keydown", onKey);
    byId("help").addEventListener("click", help);
    const box = byId("keys");
    box.addEventListener("keydown", (event) => event.stopPropagation());
    box.addEventListener("close", () => replace(box, [])); // filled anew, in the language of then
    // A menu closes when something else is clicked or tabbed to.
    for (const event of ["pointerdown", "focusin"]) document.addEventListener(event, ({ target }) => closeMenus(target));
  }

  function toSearch() {
    state.show("overview");
    byId("search").focus();
  }

  // What lies on top goes first: a menu, the measuring, the selection, then the presentation.
  function back() {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (Lantu.measuring.isOn()) Lantu.measuring.stop();
    else if (state.selected() >= 0 && !Lantu.appearance.isPresented()) state.select(-1);
    else if (Lantu.appearance.isPresented()) Lantu.appearance.present();
    else if (state.view() !== "overview") state.show("overview");
  }

  function closeMenus(target) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  }

  function help() {
    replace(byId("keys"), [
      element("h2", { id: "keys-title", text: say("keys.title") }),
      element("dl", {}, LISTED.flatMap((names) => [
        element("dt", {}, names.flatMap((name, at) => [at ? (names[0] === "1" ? " – " : " / ") : null, element("kbd", { text: name })])),
        element("dd", { text: say(`keys.${{ "/": "search", "?": "help" }[names[0]] ?? names[0].toLowerCase()}`) }),
      ])),
      element("p", { class: "note", text: say("keys.map") }),
      element("button", { type: "button", text: say("card.close"), click: () => byId("keys").close() }),
    ]);
    byId("keys").showModal();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !/^(checkbox|radio|range)$/.test(event.target.type)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = ACTIONS[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  return { start };
})();
