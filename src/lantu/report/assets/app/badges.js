// Where findings lie so densely that their glyphs say nothing, they are counted: a badge a town, or, where
// findings have no town, a badge for each patch of the map. A click goes there.

Lantu.badges = (() => {
  const { element } = Lantu.dom;
  const { say, number } = Lantu.words;
  const state = Lantu.state;
  const FINDINGS_MIN = 150; // in sight; fewer can be seen one by one
  const DENSE = 18; // findings in a square of 100 pixels
  const PATCH_PX = 120;
  const MOST_PX = 74, LEAST_PX = 46;
  const PATCHES_MAX = 60;
  let leaflet = null;
  let store = null;
  let group = null;

  function start(map, findingStore) {
    leaflet = map;
    store = findingStore;
    group = L.layerGroup().addTo(leaflet);
  }

  // The middle of a finding in pixels of the world at the present zoom.
  function middle(i) {
    const scale = 256 * 2 ** leaflet.getZoom() / store.world, { box, originX, originY } = store;
    return [((box[4 * i] + box[4 * i + 2]) / 2 + originX) * scale, ((box[4 * i + 1] + box[4 * i + 3]) / 2 + originY) * scale];
  }

  function inSight() {
    const { min, max } = leaflet.getPixelBounds(), found = [];
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const i of state.list()) {
      if (!store.kind[i]) continue;
      const [x, y] = middle(i);
      if (x < min.x || x > max.x || y < min.y || y > max.y) continue;
      found.push([i, x, y]);
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
    return { found, area: Math.max(1, (box[2] - box[0]) * (box[3] - box[1])) };
  }

  // Draws what there is to draw; says whether there are badges. Nothing is counted while one is looked at.
  function show(isWanted) {
    group.clearLayers();
    if (!isWanted) return false;
    const { found, area } = inSight();
    if (found.length < FINDINGS_MIN || found.length / area * 1e4 < DENSE) return false;
    const towns = gather(found, ([i]) => state.text("town", i));
    const isByTown = towns.size > 1 && [...towns.values()].reduce((sum, town) => sum + town.count, 0) > found.length / 2;
    const patches = isByTown ? towns : gather(found, ([, x, y]) => `${Math.floor(x / PATCH_PX)} ${Math.floor(y / PATCH_PX)}`);
    const most = Math.max(...[...patches.values()].map(({ count }) => count));
    const shown = [...patches.values()].map((patch) => ({ ...patch, town: isByTown ? patch.town : null, x: patch.x / patch.count, y: patch.y / patch.count }))
      .sort((p, q) => q.count - p.count).slice(0, PATCHES_MAX);
    for (const patch of isByTown ? apart(shown, most) : merged(shown, most)) badge(patch, most);
    return true;
  }

  const sizeOf = ({ count }, most) => Math.round(LEAST_PX + (MOST_PX - LEAST_PX) * Math.min(1, Math.sqrt(count / most)));
  const overlap = (p, q, most) => (sizeOf(p, most) + sizeOf(q, most)) / 2 + 4 - Math.hypot(p.x - q.x, p.y - q.y);

  // Patches under one another's badges become one.
  function merged(patches, most) {
    const kept = [];
    for (const patch of patches) {
      const near = kept.find((other) => overlap(other, patch, most) > 0);
      if (!near) { kept.push(patch); continue; }
      near.count += patch.count;
      near.critical += patch.critical;
      near.box = [Math.min(near.box[0], patch.box[0]), Math.min(near.box[1], patch.box[1]), Math.max(near.box[2], patch.box[2]), Math.max(near.box[3], patch.box[3])];
    }
    return kept;
  }

  // Towns keep their names, so their badges are moved off one another.
  function apart(towns, most) {
    for (let round = 0; round < 40; round++) {
      for (const p of towns) for (const q of towns) {
        const by = overlap(p, q, most) / 2, far = Math.hypot(p.x - q.x, p.y - q.y) || 1;
        if (p === q || by <= 0) continue;
        const dx = (p.x - q.x) / far || 1, dy = (p.y - q.y) / far;
        p.x += dx * by; p.y += dy * by; q.x -= dx * by; q.y -= dy * by;
      }
    }
    return towns;
  }

  function gather(found, keyOf) {
    const patches = new Map();
    for (const entry of found) {
      const key = keyOf(entry), [i, x, y] = entry;
      if (key === null) continue;
      const patch = patches.get(key) ?? { town: state.text("town", i), count: 0, x: 0, y: 0, critical: 0, box: [Infinity, Infinity, -Infinity, -Infinity] };
      patch.count += 1;
      patch.x += x;
      patch.y += y;
      if (state.severityOf(i) === 0) patch.critical += 1;
      patch.box = [Math.min(patch.box[0], x), Math.min(patch.box[1], y), Math.max(patch.box[2], x), Math.max(patch.box[3], y)];
      patches.set(key, patch);
    }
    return patches;
  }

  function badge({ town, count, x, y, box, critical }, most) {
    const size = sizeOf({ count }, most), at = leaflet.unproject([x, y]);
    const icon = L.divIcon({ className: "badge-place", iconSize: [size, size] });
    const marker = L.marker(at, { icon, interactive: false, keyboard: false, pane: "badges" }).addTo(group);
    const bounds = L.latLngBounds(leaflet.unproject([box[0], box[1]]), leaflet.unproject([box[2], box[3]]));
    const label = say(town === null ? "map.badge_patch" : "map.badge", { town, count: number(count), critical: number(critical) });
    const button = element("button", {
      type: "button", class: `badge${critical ? " critical" : ""}`, "aria-label": label, title: label, click: () => go(town, bounds),
    }, [element("b", { text: number(count) }), town === null ? null : element("small", { text: town })]);
    L.DomEvent.disableClickPropagation(button);
    marker.getElement().append(button);
  }

  function go(town, bounds) {
    if (town !== null) state.set({ town: [town] });
    Lantu.map.fit(bounds.pad(0.05), { maxZoom: Math.max(17, leaflet.getZoom() + 2) });
  }

  return { start, show };
})();
