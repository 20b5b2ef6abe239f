// Start: unpack the data and hand it to the parts of the page.

Lantu.boot = (async () => {
  const { byId, write, visible } = Lantu.dom;
  const { say } = Lantu.words;
  const state = Lantu.state;
  const decisions = Lantu.decisions;

  function toast(text) {
    const node = byId("toast");
    write(node, text);
    node.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { node.hidden = true; }, 6000);
  }

  function switchLanguage() {
    Lantu.words.use(Lantu.words.language() === "zh" ? "en" : "zh");
    document.title = visible(say("title", { name: state.content().run.name }));
    state.tell("language");
  }

  const content = await Lantu.payload.json("data-content");
  Lantu.payload.unfold(content.findings);
  Object.assign(content, Lantu.payload.unfold({ sentences: content.sentences }));
  const findings = Lantu.payload.geometry(content.geometry, await Lantu.payload.unpack("data-findings"));
  const layers = [];
  for (const layer of content.layers) {
    layers.push(Lantu.payload.geometry(layer.geometry, await Lantu.payload.unpack(layer.block)));
  }
  Lantu.views.licences = await Lantu.payload.text("data-licences");
  Lantu.words.start(content.texts, content.run.language);
  const { status, isOverdue, touched } = decisions;
  Lantu.sentences.start(content);
  state.start(content, { statuses: [...decisions.STATUSES, "overdue"], status, isOverdue, touched });
  decisions.start();
  state.tell("decide"); // what this browser kept
  for (const part of ["appearance", "panels", "numbers", "matrix", "filters", "views", "table"]) Lantu[part].start();
  Lantu.map.start(content, findings, layers);
  Lantu.card.start();
  Lantu.deciding.start(toast);
  Lantu.csv.start();
  Lantu.print.start();
  Lantu.dossier.start(layers);
  Lantu.keys.start();
  state.on("view", () => { if (state.view() === "overview") Lantu.map.resize(); });
  byId("language").addEventListener("click", switchLanguage);
  byId("empty-clear").addEventListener("click", () => byId("clear").click());
  Lantu.address.start(toast);

  // Tests and scripts wait for this mark: the data is there and the first tiles are painted.
  (function settle() {
    if (Lantu.canvas.isBusy()) requestAnimationFrame(settle);
    else document.documentElement.dataset.ready = "1";
  })();
})();
