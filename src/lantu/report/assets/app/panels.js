// The head of the page: whose it is, how secret, the verdict, and the pages beside the overview.

Lantu.panels = (() => {
  const { byId, element, replace, write } = Lantu.dom;
  const { say, pick } = Lantu.words;
  const state = Lantu.state;
  const VIEWS = ["overview", "unchecked", "rules", "since", "waived", "methods"];

  function start() {
    state.on("language", furnish);
    state.on("view", views);
    furnish();
  }

  function furnish() {
    const { run, verdict } = state.content();
    document.documentElement.lang = Lantu.words.language() === "zh" ? "zh-CN" : "en";
    for (const node of document.querySelectorAll("[data-text]")) write(node, say(node.dataset.text));
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
    write(byId("level"), say(`level.${run.level}`));
    byId("level").dataset.level = run.level;
    write(byId("title"), say("title", { name: run.name }));
    write(byId("about"), say("about", run));
    byId("about").title = byId("about").textContent;
    write(byId("verdict"), pick(verdict));
    write(byId("language"), say("language.other"));
    views();
  }

  function views() {
    const { counts } = state.content();
    const shown = { unchecked: counts.not_checked, waived: counts.waived };
    replace(byId("views"), VIEWS.filter((name) => name !== "since" || Lantu.since.isThere()).map((name) => element("button", {
      type: "button", "aria-current": state.view() === name ? "page" : null, "data-view": name, click: () => state.show(name),
    }, [say(`views.${name}`), shown[name] ? element("span", { class: "count", text: Lantu.words.number(shown[name]) }) : null])));
    for (const name of VIEWS) byId(`view-${name}`).hidden = state.view() !== name;
  }

  return { start };
})();
