// Start: unpack the data, fill the page, follow the address and the keys.

Lantu.boot = (async () => {
  const { byId } = Lantu.dom;
  const { say } = Lantu.words;
  const state = Lantu.state;
  const MARK = "#finding=";

  function toast(text) {
    const node = byId("toast");
    node.textContent = text;
    node.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { node.hidden = true; }, 6000);
  }

  function followAddress() {
    const id = new URLSearchParams(location.hash.slice(1)).get("finding");
    if (id === null) return;
    const i = state.find(id);
    if (i < 0) return toast(say("unknown_finding", { id }));
    if (i === state.selected()) return;
    if (!state.visible()[i]) state.clear();
    state.show("overview");
    state.select(i);
  }

  function showAddress() {
    const i = state.selected();
    const hash = i < 0 ? "" : MARK + encodeURIComponent(state.text("finding_id", i));
    if (hash === location.hash) return;
    try {
      history.replaceState(null, "", hash || location.pathname + location.search);
    } catch { /* inside a notebook the page has no address of its own */ }
  }

  function present() {
    const root = document.documentElement;
    const isOn = root.dataset.present !== "yes";
    root.dataset.present = isOn ? "yes" : "no";
    byId("present").setAttribute("aria-pressed", String(isOn));
    state.show("overview");
    Lantu.map.resize();
    if (isOn && state.selected() < 0) state.step(1);
    else state.tell("select");
  }

  // Dark by the reader's system at first, then as chosen; the map keeps its light ground in both.
  function useTheme(isDark) {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    byId("theme").setAttribute("aria-pressed", String(isDark));
  }

  const KEYS = {
    j: () => state.step(1), k: () => state.step(-1), p: present, escape: () => state.select(-1),
    "/": () => byId("search").focus(),
    ...Object.fromEntries(Lantu.decisions.KINDS.map((_, at) => [String(at + 1), () => Lantu.deciding.choose(at + 1)])),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !/^(checkbox|radio)$/.test(event.target.type)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = KEYS[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  function switchLanguage() {
    Lantu.words.use(Lantu.words.language() === "zh" ? "en" : "zh");
    document.title = say("title", { name: state.content().run.name });
    state.tell("language");
  }

  const content = await Lantu.payload.json("data-content");
  Lantu.payload.unfold(content.findings);
  const findings = Lantu.payload.geometry(content.geometry, await Lantu.payload.unpack("data-findings"));
  const layers = [];
  for (const layer of content.layers) {
    layers.push(Lantu.payload.geometry(layer.geometry, await Lantu.payload.unpack(layer.block)));
  }
  Lantu.views.licences = await Lantu.payload.text("data-licences");
  Lantu.words.start(content.texts, content.run.language);
  for (const [name, colour] of Object.entries({ ...content.colours.severity })) {
    document.documentElement.style.setProperty(`--${name}`, colour);
  }
  for (const [name, colour] of Object.entries(content.colours.side)) {
    document.documentElement.style.setProperty(`--side-${name}`, colour);
  }
  state.start(content);
  Lantu.decisions.start();
  Lantu.panels.start();
  Lantu.views.start();
  Lantu.table.start();
  Lantu.card.start();
  Lantu.deciding.start(toast);
  Lantu.map.start(content, findings, layers);
  Lantu.print.start();
  Lantu.dossier.start(layers);
  state.on("select", showAddress);
  state.on("view", () => { if (state.view() === "overview") Lantu.map.resize(); });
  byId("present").addEventListener("click", present);
  byId("language").addEventListener("click", switchLanguage);
  byId("theme").addEventListener("click", () => useTheme(document.documentElement.dataset.theme !== "dark"));
  useTheme(matchMedia("(prefers-color-scheme: dark)").matches);
  if (byId("map").clientWidth < 560) byId("legend").open = false;
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", followAddress);
  followAddress();

  // Tests and scripts wait for this mark: the data is there and the first tiles are painted.
  (function settle() {
    if (Lantu.canvas.isBusy()) requestAnimationFrame(settle);
    else document.documentElement.dataset.ready = "1";
  })();
})();
