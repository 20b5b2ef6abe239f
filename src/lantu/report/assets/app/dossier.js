// The dossier of one parcel, from what the page carries: rough shares, the findings that name it, and for
// each layer without anything there whether that means anything. `lantu dossier` gives the exact answer.

Lantu.dossier = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say, pick, percent } = Lantu.words;
  const state = Lantu.state;
  const STEPS = 48; // the parcel is looked at in a grid of so many points a side
  const LEAST = 0.01; // what covers less of it is not told apart from the drawing's own roughness
  const LINE_STEPS = 24;
  let stores = [];
  let ids = null;
  let open = null;

  function start(layerStores) {
    stores = layerStores;
    const box = element("dialog", { id: "dossier", "aria-labelledby": "dossier-title" });
    document.body.append(box);
    box.addEventListener("keydown", (event) => event.stopPropagation());
    box.addEventListener("close", () => { open = null; replace(box, []); });
    window.addEventListener("beforeprint", print);
    Lantu.map.leaflet().on("contextmenu", (event) => at(event.latlng));
  }

  const isParcel = (k) => k >= 0 && state.content().layers[k].parcel;

  // The button on a card, where a side is a parcel that the page carries.
  function button(i, side) {
    const k = state.number(`place_${side}`, i), object = state.number(`object_${side}`, i);
    if (!isParcel(k) || object < 0 || stores[k].kind[object] !== 3) return null;
    return element("button", { type: "button", class: "dossier-open", text: say("dossier.open"), click: () => show(k, object) });
  }

  // Of the parcel under a place, if there is one.
  function at(latlng) {
    const found = parcelAt(latlng);
    if (found) show(...found);
  }

  function parcelAt(latlng) {
    const point = Lantu.map.leaflet().project(latlng, 0);
    for (let k = 0; k < stores.length; k++) {
      if (!isParcel(k)) continue;
      const store = stores[k], found = [];
      const x = point.x / 256 * store.world - store.originX, y = point.y / 256 * store.world - store.originY;
      Lantu.payload.query(store, x, y, x, y, (i) => { if (store.kind[i] === 3 && contains(store, i, x, y)) found.push(i); });
      if (found.length) return [k, Math.min(...found)];
    }
    return null;
  }

  function contains(store, i, x, y) {
    let inside = false;
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const first = store.firstPoint[p], end = store.firstPoint[p + 1];
      for (let j = first, k = end - 1; j < end; k = j++) {
        const ax = store.x[k], ay = store.y[k], bx = store.x[j], by = store.y[j];
        if ((by > y) !== (ay > y) && x < (ax - bx) * (y - by) / (ay - by) + bx) inside = !inside;
      }
    }
    return inside;
  }

  // Points of a grid that lie in the parcel, in the units of all context layers, from the world's corner.
  function grid(store, i) {
    const [x0, y0, x1, y1] = store.box.subarray(4 * i, 4 * i + 4), found = [];
    for (let r = 0; r < STEPS; r++) {
      for (let c = 0; c < STEPS; c++) {
        const x = x0 + (c + 0.5) / STEPS * (x1 - x0), y = y0 + (r + 0.5) / STEPS * (y1 - y0);
        if (contains(store, i, x, y)) found.push([x + store.originX, y + store.originY]);
      }
    }
    return found;
  }

  // Objects of layer k on the parcel: [object, share or null].
  function lying(k, parcelStore, parcel, points) {
    const store = stores[k], dx = parcelStore.originX - store.originX, dy = parcelStore.originY - store.originY;
    const [x0, y0, x1, y1] = parcelStore.box.subarray(4 * parcel, 4 * parcel + 4), found = [];
    Lantu.payload.query(store, x0 + dx, y0 + dy, x1 + dx, y1 + dy, (i) => {
      if (store === parcelStore && i === parcel) return;
      if (store.kind[i] === 3) {
        const share = points.filter(([x, y]) => contains(store, i, x - store.originX, y - store.originY)).length / points.length;
        if (share >= LEAST) found.push([i, share]);
      } else if (enters(store, i, (x, y) => contains(parcelStore, parcel, x - dx, y - dy))) found.push([i, null]);
    });
    return found.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  function enters(store, i, isInside) {
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const first = store.firstPoint[p], end = store.firstPoint[p + 1];
      for (let j = first; j < end; j++) {
        const next = store.kind[i] === 2 && j + 1 < end ? j + 1 : j;
        for (let t = 0; t <= (next > j ? LINE_STEPS : 0); t++) {
          const s = t / LINE_STEPS;
          if (isInside(store.x[j] + s * (store.x[next] - store.x[j]), store.y[j] + s * (store.y[next] - store.y[j]))) return true;
        }
      }
    }
    return false;
  }

  // Ids are carried with the findings alone.
  function idOf(k, object) {
    if (!ids) {
      ids = new Map();
      for (let i = 0; i < state.size(); i++) {
        for (const side of ["a", "b"]) {
          const at = state.number(`object_${side}`, i);
          if (at >= 0) ids.set(`${state.number(`place_${side}`, i)}:${at}`, state.text(`id_${side}`, i));
        }
      }
    }
    return ids.get(`${k}:${object}`) ?? null;
  }

  function naming(k, object) {
    const found = [];
    for (let i = 0; i < state.size(); i++) {
      if (["a", "b"].some((side) => state.number(`place_${side}`, i) === k && state.number(`object_${side}`, i) === object)) found.push(i);
    }
    return found;
  }

  function show(k, object) {
    open = [k, object];
    const box = byId("dossier"), layer = state.content().layers[k], id = idOf(k, object);
    const command = `lantu dossier ${id === null ? `${layer.name}:…` : `${layer.name}:${id}`}`;
    replace(box, [
      element("header", {}, [
        element("h2", { id: "dossier-title", text: say("dossier.title", { id: id ?? say("dossier.no_id") }) }),
        element("button", { type: "button", text: say("dossier.print"), click: () => window.print() }),
        element("button", { type: "button", text: say("card.close"), click: () => box.close() }),
      ]),
      element("p", { text: `${say(`level.${state.content().run.level}`)} · ${layer.name} · ${state.departmentName(layer.department)}` }),
      element("p", { class: "note" }, [say("dossier.honest"), " ", element("code", { text: command })]),
      ...sections(k, object),
    ]);
    if (!box.open) box.showModal();
  }

  function sections(k, object) {
    const points = grid(stores[k], object), { layers, base, summary, notChecked } = state.content();
    const seen = [], nothing = [], gaps = [];
    layers.forEach((layer, at) => {
      const found = points.length ? lying(at, stores[k], object, points) : [];
      for (const [i, share] of found) {
        const tint = base && base.layer === at && base.codes[i] >= 0 ? pick(base.labels[base.codes[i]]) : null;
        seen.push([state.departmentName(layer.department), `${layer.name} · ${pick(layer.standard)}`,
          [idOf(at, i) ?? say("dossier.no_id"), tint].filter(Boolean).join(" · "),
          share === null ? say("dossier.touched") : say("dossier.about", { share: percent(share) })]);
      }
      if (found.length || (at === k && layers[k].shown === layers[k].total)) return;
      const why = doubt(layer, summary.layers[layer.name], points);
      (why ? gaps : nothing).push([state.departmentName(layer.department), `${layer.name} · ${pick(layer.standard)}`, why]);
    });
    for (const [name, layer] of Object.entries(summary.layers)) {
      if (layer.refused) gaps.push([state.departmentName(layer.department), name, pick(layer.refused.reason)]);
    }
    for (const [key, { owes }] of Object.entries(summary.departments)) {
      for (const owed of owes) {
        const isHere = Object.values(summary.layers).some((layer) => layer.department === key && layer.standard === owed);
        if (!isHere) gaps.push([state.departmentName(key), pick(state.content().standards[owed]) ?? owed, say(summary.withheld ? "dossier.withheld" : "dossier.not_delivered")]);
      }
    }
    const named = naming(k, object);
    const rules = notChecked.filter((row) => row.layerA === layers[k].name || (row.layerB ?? "").split(", ").includes(layers[k].name));
    const heads = (...names) => names.map((name) => say(`dossier.${name}`));
    return [
      ...section("seen", heads("department", "layer", "object", "share"), seen),
      ...section("findings", heads("rule", "message"), named.map((i) => [finding(i), state.sentence(i)])),
      ...section("nothing", heads("department", "layer"), nothing.map((row) => row.slice(0, 2))),
      ...section("gaps", heads("department", "layer", "reason"), gaps),
      ...section("unchecked", heads("rule", "reason"), rules.map((row) => [row.rule, pick(row.reason)])),
    ];
  }

  const finding = (i) => element("button", {
    type: "button", text: `${state.text("rule", i)} · ${say(`verdict.${state.text("verdict", i)}`)}`,
    click: () => { byId("dossier").close(); state.select(i); },
  });

  const section = (name, heads, rows) => [
    element("h3", { text: say(`dossier.${name}`) }),
    rows.length ? Lantu.views.table(heads, rows) : element("p", { class: "note", text: say("dossier.none") }),
  ];

  // What keeps "nothing seen" from meaning anything.
  function doubt(layer, full, points) {
    if (!points.length) return say("dossier.too_small");
    if (state.content().summary.withheld) return say("dossier.withheld");
    if (layer.shown < layer.total) return say("dossier.not_carried", { shown: layer.shown, total: layer.total });
    if (full && full.source.count_listed) return say("dossier.unread", { count: full.source.count_listed });
    return null;
  }

  // Printing with the dossier open prints the dossier.
  function print() {
    if (!open) return;
    const parts = [...byId("dossier").children].map((part) => part.cloneNode(true));
    replace(byId("sheet"), [Lantu.print.paged(parts, byId("dossier-title").textContent)]);
  }

  return { start, button, show, at };
})();
