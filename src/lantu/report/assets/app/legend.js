// What the signs on the map mean, and which layers it shows.

Lantu.legend = (() => {
  const { byId, element, replace, glyph } = Lantu.dom;
  const { say, pick, number } = Lantu.words;
  const NARROW_PX = 760; // below it an open legend would cover the map
  const state = Lantu.state;

  function start() {
    if (byId("map").clientWidth < NARROW_PX) byId("legend").open = false;
    const base = Lantu.map.sources().find((entry) => entry.isBase);
    for (const [id, isOn, change] of [
      ["map-tint", () => base?.tinted, () => { base.tinted = !base.tinted; }],
      ["map-standard", () => base?.isStandard, () => { base.isStandard = !base.isStandard; base.tinted = true; }],
    ]) {
      byId(id).hidden = !base;
      byId(id).addEventListener("click", () => { change(); Lantu.map.redraw(); });
      byId(id).isOn = isOn;
    }
  }

  function furnish() {
    for (const id of ["map-tint", "map-standard"]) byId(id).setAttribute("aria-pressed", String(Boolean(byId(id).isOn())));
    replace(byId("legend-body"), [...severityKeys(), ...sideKeys(), ...tintKeys()]);
    replace(byId("layers-body"), [...Lantu.map.sources().map(layerToggle), ...capNote()]);
  }

  function sample(style) {
    const scale = 2, canvas = element("canvas", { width: 30 * scale, height: 16 * scale, class: "sample" });
    const pen = canvas.getContext("2d");
    pen.globalAlpha = style.hollow ? 0.12 : 0.3;
    pen.fillStyle = style.colour;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = 0.75;
    if (!style.hollow) {
      pen.fillStyle = Lantu.canvas.hatch(pen, style.severity, style.colour, scale);
      pen.fillRect(0, 0, canvas.width, canvas.height);
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = style.colour;
    pen.lineWidth = 2 * scale;
    pen.setLineDash(style.hollow ? [5 * scale, 4 * scale] : []);
    pen.strokeRect(scale, scale, canvas.width - 2 * scale, canvas.height - 2 * scale);
    return canvas;
  }

  const key = (mark, text) => element("div", { class: "key" }, [...mark, element("span", { text })]);

  function severityKeys() {
    const styles = Lantu.map.styles(), hollow = styles[3];
    return [
      ...styles.filter((style) => !style.hollow).map((style) => key([glyph(style.severity), sample(style)], say(`severity.${style.severity}`))),
      key([glyph(hollow.severity, true), sample(hollow)], say("verdict.undecidable")),
    ];
  }

  const sideKeys = () => ["a", "b", "conflict"].map((side) =>
    key([element("i", { class: `line side-${side}` })], say(`map.side_${side}`)));

  function tintKeys() {
    const { base } = state.content();
    const source = base && Lantu.map.sources()[base.layer];
    if (!source || !source.tinted) return [];
    const keys = source.tints.map((tint, k) => {
      const swatch = element("i", { class: "swatch" });
      swatch.style.background = tint;
      return key([swatch], pick(base.labels[k]));
    });
    const title = say(source.isStandard ? "map.land_use_standard" : "map.land_use", { layer: source.layer.name });
    return [element("details", { class: "tints", open: isTintsOpen() }, [element("summary", { text: title }), element("div", { class: "tint-keys" }, keys)])];
  }

  const isTintsOpen = () => Boolean(document.querySelector("#legend .tints")?.open);

  function layerToggle(entry) {
    const { layer } = entry;
    const mark = element("i", { class: layer.boundary ? "line boundary" : "line" });
    mark.style.borderColor = entry.outline;
    const box = element("input", { type: "checkbox" });
    box.checked = entry.visible;
    box.addEventListener("change", () => { entry.visible = box.checked; Lantu.map.redraw(); });
    const count = layer.shown < layer.total ? say("map.shown_of", { shown: number(layer.shown), total: number(layer.total) }) : number(layer.total);
    return element("label", { class: "toggle", title: `${state.departmentName(layer.department)} · ${pick(layer.standard)}` }, [
      box, mark, element("span", { text: layer.name }), element("small", { text: count }),
    ]);
  }

  function capNote() {
    if (state.content().layers.every((layer) => layer.shown === layer.total)) return [];
    return [element("p", { class: "note", text: say("map.capped", { limit: number(state.content().caps.contextVertices) }) })];
  }

  return { start, furnish };
})();
