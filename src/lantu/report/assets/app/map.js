// The map: the departments' objects muted, findings on top, the selected one with both its sides.

Lantu.map = (() => {
  const { byId, write } = Lantu.dom;
  const { say } = Lantu.words;
  const AREA_NAMES_MAX = 60;
  const FADED = 0.5; // findings beside the selected one
  const BEHIND_BADGES = 0.3;
  const state = Lantu.state;
  let leaflet = null;
  let findings = null;
  let context = null;
  let sources = [];
  let store = null;
  let selection = null;
  let areaNames = null;
  let home = null;

  function start(given, findingStore, layerStores) {
    leaflet = map; // folium's variable
    store = findingStore;
    leaflet.attributionControl.setPrefix(false);
    for (const [name, order] of [["context", 250], ["findings", 420], ["names", 430], ["selected", 450], ["badges", 460], ["measuring", 470]]) {
      leaflet.createPane(name).style.zIndex = order;
    }
    for (const name of ["names", "badges"]) leaflet.getPane(name).style.pointerEvents = "none";
    sources = given.layers.map((layer, k) => source(given, layer, layerStores[k], k));
    context = new Lantu.canvas.ContextLayer(sources, { pane: "context" }).addTo(leaflet);
    findings = new Lantu.canvas.FindingLayer(
      store, [], (i) => 2 * state.severityOf(i) + (state.isUndecidable(i) ? 1 : 0),
      (i) => state.found().visible[i] === 1, { pane: "findings" },
    );
    dress();
    findings.addTo(leaflet);
    L.control.zoom({ position: "topleft", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(leaflet);
    L.control.scale({ imperial: false, maxWidth: 160, position: "bottomright" }).addTo(leaflet);
    areaNames = names(given, layerStores).addTo(leaflet);
    home = L.latLngBounds(given.bounds);
    leaflet.invalidateSize({ animate: false, pan: false });
    Lantu.legend.start();
    Lantu.badges.start(leaflet, store);
    Lantu.measuring.start(leaflet);
    furnish();
    fit(home);
    fade(); // badges belong to the zoom they were placed at
    events();
  }

  function source(given, layer, layerStore, k) {
    const isBase = Boolean(given.base && given.base.layer === k);
    return {
      store: layerStore, outline: layer.outline, boundary: layer.boundary, visible: true, layer,
      tinted: isBase, tints: [], codes: isBase ? given.base.codes : [], isBase, isStandard: false,
    };
  }

  // Colours of the map by theme; land use muted, or as the national standard draws it.
  function dress() {
    const isDark = Lantu.appearance.isDark(), { base, run } = state.content();
    Lantu.canvas.setHalo(isDark ? "#141b22" : "#fff");
    findings.styles = Lantu.canvas.findingStyles(Lantu.appearance.colours().severity, run.severities);
    for (const entry of sources) {
      entry.outline = isDark ? entry.layer.outlineDark : entry.layer.outline;
      if (entry.isBase) entry.tints = base.tints[entry.isStandard ? "standard" : isDark ? "dark" : "muted"];
    }
  }

  function redraw() {
    dress();
    context.refresh();
    findings.refresh();
    Lantu.legend.furnish();
  }

  // The legend lies over the left of the map; what is looked at is kept out from under it.
  function fit(bounds, options = {}) {
    const legend = byId("legend"), width = leaflet.getSize().x;
    const left = legend.open && legend.offsetWidth < 0.4 * width ? legend.offsetWidth + 20 : 46;
    leaflet.fitBounds(bounds, {
      animate: false, paddingTopLeft: [left, 46], paddingBottomRight: [14, 34], ...options,
    });
  }

  // Names of towns and districts, where there are few enough to be read.
  function names(given, layerStores) {
    const group = L.layerGroup();
    given.layers.forEach((layer, k) => {
      if (!layer.boundary || layer.names.length > AREA_NAMES_MAX) return;
      layer.names.forEach((name, i) => {
        if (name === null || !layerStores[k].kind[i]) return;
        const icon = L.divIcon({ className: "area-name", iconSize: null });
        const marker = L.marker(Lantu.payload.bounds(layerStores[k], i).getCenter(), { icon, interactive: false, keyboard: false, pane: "names" });
        marker.on("add", () => write(marker.getElement(), name));
        group.addLayer(marker);
      });
    });
    return group;
  }

  function events() {
    leaflet.on("click", onClick);
    // Without a mouse: the arrows move the map under the cross in its middle, Enter is a click there.
    leaflet.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === event.currentTarget) leaflet.fire("click", { latlng: leaflet.getCenter() });
    });
    leaflet.on("mousemove", hover);
    leaflet.on("mouseout", () => { byId("map-tip").hidden = true; write(byId("map-place"), ""); });
    byId("map-home").addEventListener("click", toHome);
    const full = byId("map-full");
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : byId("map-panel").requestFullscreen()));
    document.addEventListener("fullscreenchange", () => { full.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement))); resize(); });
    new ResizeObserver(resize).observe(leaflet.getContainer());
    state.on("filter", () => { findings.refresh(); fade(); });
    state.on("decide", () => { if (state.filters().status.length) findings.refresh(); });
    state.on("select", onSelect);
    state.on("language", furnish);
    state.on("theme", () => { redraw(); onSelect({ keepView: true }); });
    leaflet.on("zoomend", fade);
  }

  const toHome = () => fit(home);
  const resize = () => leaflet.invalidateSize({ animate: false });

  // Findings in few pixels are counted in badges and stand back behind them.
  function fade() {
    const areBadges = Lantu.badges.show(selection === null);
    findings.setOpacity(areBadges ? BEHIND_BADGES : state.selected() >= 0 ? FADED : 1);
    if (areBadges) areaNames.remove();
    else areaNames.addTo(leaflet);
  }

  function onClick(event) {
    if (Lantu.measuring.isOn()) return;
    const found = findings.hits(event.latlng, 6);
    if (!found.length) {
      if (state.selected() >= 0) state.select(-1);
      else Lantu.dossier.at(event.latlng);
      return;
    }
    // A further click on the same place goes through the findings that lie over one another.
    const next = (found.indexOf(state.selected()) + 1) % found.length;
    select(found[next]);
    if (found.length > 1) hint(say("map.stacked", { at: next + 1, count: found.length }));
  }

  // The view stays where the click was, so that the next click meets the same findings.
  function select(i) {
    isClicked = true;
    state.select(i);
    isClicked = false;
  }
  let isClicked = false;

  function hint(text) {
    const node = byId("map-hint");
    node.hidden = !text;
    write(node, text ?? "");
  }

  function hover(event) {
    const { lat, lng } = event.latlng;
    write(byId("map-place"), say("map.at", { lat: lat.toFixed(5), lng: lng.toFixed(5) }));
    const [first, ...others] = Lantu.measuring.isOn() ? [] : findings.hits(event.latlng, 5);
    const tip = byId("map-tip");
    leaflet.getContainer().classList.toggle("over", first !== undefined);
    tip.hidden = first === undefined;
    if (first === undefined) return;
    const more = others.length ? say("map.more_here", { count: others.length }) : null;
    write(tip, [
      state.text("finding_id", first), say(`severity.${state.text("severity", first)}`), state.ruleTitle(state.text("rule", first)), more,
    ].filter(Boolean).join(" · "));
    const { x, y } = event.containerPoint, room = leaflet.getSize();
    tip.style.left = `${Math.max(4, Math.min(x + 14, room.x - tip.offsetWidth - 8))}px`;
    tip.style.top = `${y + 44 > room.y ? y - 34 : y + 14}px`;
  }

  function onSelect({ keepView = isClicked } = {}) {
    const i = state.selected();
    if (selection) selection.remove();
    selection = null;
    hint(null);
    if (i >= 0) {
      byId("layers").open = false;
      const { shapes, bounds } = outlined(i);
      if (!bounds.isValid()) hint(say("map.nowhere"));
      else {
        selection = L.layerGroup(shapes).addTo(leaflet);
        if (!keepView) fit(bounds.pad(0.3), { maxZoom: 19.5 });
      }
    }
    fade();
  }

  function toSelected() {
    if (selection) onSelect({ keepView: false });
  }

  // To all findings of the list, after a cause or a town was chosen.
  function toList() {
    const bounds = L.latLngBounds([]);
    for (const i of state.list()) if (store.kind[i]) bounds.extend(Lantu.payload.bounds(store, i));
    if (bounds.isValid()) fit(bounds.pad(0.08), { maxZoom: 17 });
  }

  function outlined(i) {
    const halos = [], lines = [], bounds = L.latLngBounds([]);
    const draw = (from, object, [halo, line]) => {
      halos.push(...shape(from, object, halo));
      lines.push(...shape(from, object, line));
      bounds.extend(Lantu.payload.bounds(from, object));
    };
    if (store.kind[i]) draw(store, i, conflict(i));
    for (const { side, store: own, object } of Lantu.sketch.sidesOf(i).reverse()) draw(own, object, outline(side));
    return { shapes: [...halos, ...lines], bounds };
  }

  // Halo and line. A solid blue, B dashed orange, drawn last and thinner than the finding: where an object
  // and the finding have one outline, both can be seen.
  function outline(side) {
    const line = {
      pane: "selected", interactive: false, fill: false, weight: 2.6,
      color: Lantu.appearance.colours().side[side], dashArray: side === "b" ? "9 6" : null,
    };
    return [{ ...line, color: Lantu.canvas.halo(), weight: 6, opacity: 0.85, dashArray: null }, line];
  }

  // Yellow between black: it stands out on every tint, and in black and white.
  function conflict(i) {
    const colour = Lantu.appearance.colours().severity[state.text("severity", i)];
    const line = { pane: "selected", interactive: false, color: "#ffe14d", weight: 5, fillColor: colour, fillOpacity: 0.3 };
    return [{ ...line, color: "#1b1b1b", weight: 9, fill: false }, line];
  }

  function shape(from, i, line) {
    const parts = Lantu.payload.parts(from, i);
    if (from.kind[i] === 3) return [L.polygon(parts, line)];
    if (from.kind[i] === 2) return [L.polyline(parts, { ...line, fill: false })];
    return parts.flat().map((point) => L.circleMarker(point, { ...line, radius: 9 }));
  }

  function furnish() {
    write(leaflet.attributionControl.getContainer(), say("map.attribution"));
    write(byId("map-tip"), ""); // it is written anew when the pointer moves
    byId("map-tip").hidden = true;
    Lantu.legend.furnish();
    fade();
  }

  return {
    start, resize, redraw, fit, toHome, toList, toSelected, leaflet: () => leaflet, store: () => store, sources: () => sources,
    styles: () => findings.styles,
  };
})();
