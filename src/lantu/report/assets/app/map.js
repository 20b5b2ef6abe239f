// The map: the departments' objects muted, findings on top, the selected one with both its sides.

Lantu.map = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say, pick } = Lantu.words;
  const AREA_NAMES_MAX = 60;
  const state = Lantu.state;
  let leaflet = null;
  let findings = null;
  let context = null;
  let sources = [];
  let store = null;
  let styles = [];
  let selection = null;
  let home = null;

  function start(given, findingStore, layerStores) {
    leaflet = map; // folium's variable
    store = findingStore;
    leaflet.attributionControl.setPrefix(false);
    for (const [name, order] of [["context", 250], ["findings", 420], ["names", 430], ["selected", 450]]) {
      leaflet.createPane(name).style.zIndex = order;
    }
    leaflet.getPane("names").style.pointerEvents = "none";
    sources = given.layers.map((layer, k) => source(given, layer, layerStores[k], k));
    context = new Lantu.canvas.ContextLayer(sources, { pane: "context" }).addTo(leaflet);
    styles = Lantu.canvas.findingStyles(given.colours.severity, given.run.severities);
    findings = new Lantu.canvas.FindingLayer(
      store, styles, (i) => 2 * state.severityOf(i) + (state.isUndecidable(i) ? 1 : 0),
      (i) => state.visible()[i] === 1, { pane: "findings" },
    ).addTo(leaflet);
    L.control.zoom({ position: "topleft", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(leaflet);
    L.control.scale({ imperial: false, maxWidth: 160, position: "bottomright" }).addTo(leaflet);
    names(given, layerStores);
    home = L.latLngBounds(given.bounds);
    leaflet.invalidateSize({ animate: false, pan: false });
    furnish();
    fit(home);
    events();
    state.on("filter", () => findings.refresh());
    state.on("select", onSelect);
    state.on("language", furnish);
  }

  // The legend lies over the left of the map; what is looked at is kept out from under it.
  function fit(bounds, options = {}) {
    const legend = byId("legend"), width = leaflet.getSize().x;
    const left = legend.open && legend.offsetWidth < 0.4 * width ? legend.offsetWidth + 20 : 46;
    leaflet.fitBounds(bounds, {
      animate: false, paddingTopLeft: [left, 14], paddingBottomRight: [14, 30], ...options,
    });
  }

  function source(given, layer, layerStore, k) {
    const isBase = given.base && given.base.layer === k;
    return {
      store: layerStore, outline: layer.outline, boundary: layer.boundary, visible: true, layer,
      tinted: isBase, tints: isBase ? given.base.tints : [], codes: isBase ? given.base.codes : [], isBase,
    };
  }

  // Names of towns and districts, where there are few enough to be read.
  function names(given, layerStores) {
    given.layers.forEach((layer, k) => {
      if (!layer.boundary || layer.names.length > AREA_NAMES_MAX) return;
      layer.names.forEach((name, i) => {
        if (name === null || !layerStores[k].kind[i]) return;
        const icon = L.divIcon({ className: "area-name", iconSize: null });
        const marker = L.marker(Lantu.payload.bounds(layerStores[k], i).getCenter(),
          { icon, interactive: false, keyboard: false, pane: "names" }).addTo(leaflet);
        marker.getElement().textContent = name;
      });
    });
  }

  function events() {
    leaflet.on("click", (event) => {
      const found = findings.hits(event.latlng, 6);
      if (!found.length) return state.select(-1);
      // A further click on the same place goes through the findings that lie over one another.
      state.select(found[(found.indexOf(state.selected()) + 1) % found.length]);
    });
    leaflet.on("mousemove", hover);
    leaflet.on("mouseout", () => { byId("map-tip").hidden = true; });
    byId("map-home").addEventListener("click", () => fit(home));
  }

  function hover(event) {
    const [first, ...others] = findings.hits(event.latlng, 5);
    const tip = byId("map-tip");
    leaflet.getContainer().classList.toggle("over", first !== undefined);
    tip.hidden = first === undefined;
    if (first === undefined) return;
    const more = others.length ? ` ${say("map.more_here", { count: others.length })}` : "";
    tip.textContent = `${state.ruleTitle(state.text("rule", first))}${more}`;
    const { x, y } = event.containerPoint, room = leaflet.getSize().x;
    tip.style.left = `${Math.min(x + 14, room - tip.offsetWidth - 8)}px`;
    tip.style.top = `${y + 14}px`;
  }

  function onSelect() {
    const i = state.selected();
    if (selection) selection.remove();
    selection = null;
    findings.setOpacity(i >= 0 ? 0.5 : 1);
    if (i < 0) return;
    byId("layers").open = false;
    const halos = [], lines = [], bounds = L.latLngBounds([]);
    const draw = (from, object, halo, line) => {
      halos.push(...shape(from, object, halo));
      lines.push(...shape(from, object, line));
      bounds.extend(Lantu.payload.bounds(from, object));
    };
    if (store.kind[i]) draw(store, i, ...finding(i));
    for (const side of ["b", "a"]) {
      const at = state.number(`place_${side}`, i), object = state.number(`object_${side}`, i);
      if (at < 0 || object < 0 || !sources[at].store.kind[object]) continue;
      draw(sources[at].store, object, ...outline(side));
    }
    byId("map-nowhere").hidden = bounds.isValid();
    if (!bounds.isValid()) return;
    selection = L.layerGroup([...halos, ...lines]).addTo(leaflet);
    fit(bounds.pad(0.3), { maxZoom: 18.5 });
  }

  // Halo and line. A solid blue, B dashed orange, drawn last and thinner than the finding: where an object
  // and the finding have one outline, both can be seen.
  function outline(side) {
    const line = {
      pane: "selected", interactive: false, fill: false, weight: 2.6,
      color: state.content().colours.side[side], dashArray: side === "b" ? "9 6" : null,
    };
    return [{ ...line, color: "#fff", weight: 6, opacity: 0.85, dashArray: null }, line];
  }

  function finding(i) {
    const colour = state.content().colours.severity[state.text("severity", i)];
    const line = { pane: "selected", interactive: false, color: colour, weight: 5, fillColor: colour, fillOpacity: 0.35 };
    return [{ ...line, color: "#ffe14d", weight: 10, fill: false }, line];
  }

  function shape(from, i, line) {
    const parts = Lantu.payload.parts(from, i);
    if (from.kind[i] === 3) return [L.polygon(parts, line)];
    if (from.kind[i] === 2) return [L.polyline(parts, { ...line, fill: false })];
    return parts.flat().map((point) => L.circleMarker(point, { ...line, radius: 9 }));
  }

  function furnish() {
    leaflet.attributionControl.getContainer().textContent = say("map.attribution");
    replace(byId("legend-body"), [...severityKeys(), ...sideKeys(), ...tintKeys()]);
    replace(byId("layers-body"), [...baseToggle(), ...sources.map(layerToggle), ...capNote()]);
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
    const solid = styles.filter((style) => !style.hollow);
    const hollow = styles[3];
    return [
      ...solid.map((style) => key([Lantu.dom.glyph(style.severity), sample(style)], say(`severity.${style.severity}`))),
      key([Lantu.dom.glyph(hollow.severity, true), sample(hollow)], say("verdict.undecidable")),
    ];
  }

  const sideKeys = () => ["a", "b"].map((side) =>
    key([element("i", { class: `line side-${side}` })], say(`map.side_${side}`)));

  function tintKeys() {
    const { base } = state.content();
    if (!base || !sources[base.layer].tinted) return [];
    const keys = base.tints.map((tint, k) => {
      const swatch = element("i", { class: "swatch" });
      swatch.style.background = tint;
      return key([swatch], pick(base.labels[k]));
    });
    const title = say("map.land_use", { layer: sources[base.layer].layer.name });
    return [element("details", { class: "tints" }, [element("summary", { text: title }), ...keys])];
  }

  function toggle(text, isOn, change, mark) {
    const box = element("input", { type: "checkbox" });
    box.checked = isOn;
    box.addEventListener("change", () => { change(box.checked); context.refresh(); });
    return element("label", { class: "toggle" }, [box, mark, element("span", { text })]);
  }

  function baseToggle() {
    const base = sources.find((entry) => entry.isBase);
    if (!base) return [];
    return [toggle(say("map.tint"), base.tinted, (isOn) => { base.tinted = isOn; furnish(); })];
  }

  function layerToggle(entry) {
    const { layer } = entry;
    const mark = element("i", { class: layer.boundary ? "line boundary" : "line" });
    mark.style.borderColor = layer.outline;
    const count = layer.shown < layer.total
      ? say("map.shown_of", { shown: Lantu.words.number(layer.shown), total: Lantu.words.number(layer.total) })
      : Lantu.words.number(layer.total);
    const label = toggle(layer.name, entry.visible, (isOn) => { entry.visible = isOn; }, mark);
    label.append(element("small", { text: count }));
    label.title = `${state.departmentName(layer.department)} · ${pick(layer.standard)}`;
    return label;
  }

  function capNote() {
    if (sources.every(({ layer }) => layer.shown === layer.total)) return [];
    const limit = Lantu.words.number(state.content().caps.contextVertices);
    return [element("p", { class: "note", text: say("map.capped", { limit }) })];
  }

  return { start, resize: () => leaflet.invalidateSize({ animate: false }), leaflet: () => leaflet, store: () => store, sources: () => sources };
})();
