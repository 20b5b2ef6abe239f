// A Leaflet layer that draws features of typed arrays on canvas tiles. Measured lessons: a path of
// thousands of polygons takes seconds to fill, one of some dozens takes milliseconds, so paths are
// filled in batches; tiles are drawn a few milliseconds a frame, so the page never stands still.

Lantu.canvas = (() => {
  const BATCH = 48;
  const FRAME_MS = 10;
  const GLYPHS_MAX = 1200; // in one tile; beyond that plain squares
  const GLYPHS_MANY = 250; // in one tile; beyond that smaller glyphs
  const GLYPH_BELOW_PX = 14; // a finding smaller than this is drawn as its glyph and never disappears
  const MARGIN_PX = 10;
  const jobs = [];
  let running = false;
  let halo = "#fff"; // round glyphs and lines, in the colour of the map's ground

  function later(job) {
    jobs.push(job);
    if (running) return;
    running = true;
    requestAnimationFrame(function frame() {
      const start = performance.now();
      while (jobs.length && performance.now() - start < FRAME_MS) jobs.shift()();
      if (jobs.length) requestAnimationFrame(frame);
      else running = false;
    });
  }

  const isBusy = () => running;

  const SHAPES = {
    critical: (pen, x, y, r) => {
      pen.moveTo(x, y - r); pen.lineTo(x + r, y); pen.lineTo(x, y + r); pen.lineTo(x - r, y);
    },
    major: (pen, x, y, r) => {
      pen.moveTo(x, y - r); pen.lineTo(x + r, y + 0.8 * r); pen.lineTo(x - r, y + 0.8 * r);
    },
    minor: (pen, x, y, r) => pen.rect(x - 0.78 * r, y - 0.78 * r, 1.56 * r, 1.56 * r),
    info: (pen, x, y, r) => { pen.moveTo(x + 0.85 * r, y); pen.arc(x, y, 0.85 * r, 0, 2 * Math.PI); },
  };

  const HATCHES = {
    critical: [[0, 1, 1, 0], [-0.5, 0.5, 0.5, -0.5], [0.5, 1.5, 1.5, 0.5], [0, 0, 1, 1], [-0.5, 0.5, 0.5, 1.5], [0.5, -0.5, 1.5, 0.5]],
    major: [[0, 1, 1, 0], [-0.5, 0.5, 0.5, -0.5], [0.5, 1.5, 1.5, 0.5]],
    minor: [[0, 0, 1, 1], [-0.5, 0.5, 0.5, 1.5], [0.5, -0.5, 1.5, 0.5]],
    info: [[0, 0.5, 1, 0.5]],
  };

  function hatch(pen, severity, colour, scale) {
    const side = Math.max(4, Math.round((severity === "critical" ? 9 : 8) * scale));
    const tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const own = tile.getContext("2d");
    own.strokeStyle = colour;
    own.lineWidth = 1.3 * scale;
    own.beginPath();
    for (const [x0, y0, x1, y1] of HATCHES[severity]) {
      own.moveTo(x0 * side, y0 * side);
      own.lineTo(x1 * side, y1 * side);
    }
    own.stroke();
    return pen.createPattern(tile, "repeat");
  }

  // Styles of findings: severity by colour, glyph, hatch and weight; undecidable ones hollow and dashed.
  function findingStyles(colours, severities) {
    return severities.flatMap((severity, rank) => [false, true].map((hollow) => ({
      severity, hollow, colour: colours[severity], glyphPx: [6.4, 5.8, 5.0, 4.6][rank], linePx: [2.4, 2, 1.8, 1.6][rank],
    })));
  }

  function glyph(pen, style, x, y, scale) {
    pen.beginPath();
    SHAPES[style.severity](pen, x, y, style.glyphPx * scale);
    pen.closePath();
    pen.lineWidth = (style.hollow ? 4.6 : 3) * scale;
    pen.lineJoin = "round";
    pen.strokeStyle = halo;
    pen.stroke();
    pen.fillStyle = style.hollow ? halo : style.colour;
    pen.fill();
    if (style.hollow) {
      pen.lineWidth = 1.6 * scale;
      pen.strokeStyle = style.colour;
      pen.stroke();
    }
  }

  // Where a tile lies in a store's units, and how to get from these to the tile's pixels.
  function frameOf(store, coords, tilePx, scale) {
    const span = store.world * tilePx / (256 * 2 ** coords.z);
    return {
      x0: coords.x * span - store.originX, y0: coords.y * span - store.originY, span,
      toPx: tilePx * scale / span, margin: span * MARGIN_PX / tilePx,
    };
  }

  function trace(pen, store, frame, i) {
    const { x, y, firstPart, firstPoint } = store;
    for (let p = firstPart[i]; p < firstPart[i + 1]; p++) {
      const start = firstPoint[p], end = firstPoint[p + 1];
      pen.moveTo((x[start] - frame.x0) * frame.toPx, (y[start] - frame.y0) * frame.toPx);
      for (let j = start + 1; j < end; j++) pen.lineTo((x[j] - frame.x0) * frame.toPx, (y[j] - frame.y0) * frame.toPx);
      if (store.kind[i] === 3) pen.closePath();
    }
  }

  function inBatches(pen, features, store, frame, paint) {
    for (let start = 0; start < features.length; start += BATCH) {
      pen.beginPath();
      for (const i of features.slice(start, start + BATCH)) trace(pen, store, frame, i);
      paint();
    }
  }

  function gather(store, frame, isShown) {
    const found = [];
    Lantu.payload.query(
      store, frame.x0 - frame.margin, frame.y0 - frame.margin,
      frame.x0 + frame.span + frame.margin, frame.y0 + frame.span + frame.margin,
      (i) => { if (isShown(i)) found.push(i); },
    );
    return found;
  }

  const sizePx = (store, frame, i, scale) => Math.max(
    store.box[4 * i + 2] - store.box[4 * i], store.box[4 * i + 3] - store.box[4 * i + 1],
  ) * frame.toPx / scale;

  const TileLayer = L.GridLayer.extend({
    options: { tileSize: 512, updateWhenZooming: false, updateWhenIdle: false, keepBuffer: 1 },

    onAdd(map) {
      L.GridLayer.prototype.onAdd.call(this, map);
      // Tiles are made for whole zoom levels and stretched between; strokes keep their width if redrawn.
      map.on("zoomend", this.refresh, this);
    },

    onRemove(map) {
      map.off("zoomend", this.refresh, this);
      L.GridLayer.prototype.onRemove.call(this, map);
    },

    createTile(coords, done) {
      const tile = document.createElement("canvas");
      const size = this.getTileSize().x;
      tile.width = tile.height = Math.round(size * this.sharpness());
      tile.style.width = tile.style.height = `${size}px`;
      later(() => { this.paint(tile, coords); done(null, tile); });
      return tile;
    },

    sharpness: () => Math.min(2, 1.5 * (window.devicePixelRatio || 1)),

    refresh() {
      for (const { el, coords } of Object.values(this._tiles || {})) later(() => this.paint(el, coords));
    },

    paint(tile, coords) {
      if (!this._map) return;
      const pen = tile.getContext("2d");
      pen.clearRect(0, 0, tile.width, tile.height);
      const stretch = this._map.getZoomScale(this._map.getZoom(), coords.z);
      this.drawTile(pen, coords, tile.width / this.getTileSize().x, this.sharpness() / stretch);
    },
  });

  // The departments' objects: muted outlines, one of the layers tinted by land use.
  const ContextLayer = TileLayer.extend({
    initialize(sources, options) {
      this.sources = sources;
      L.setOptions(this, options);
    },

    drawTile(pen, coords, scale, pen1) {
      for (const source of this.sources) {
        if (source.visible) this.drawSource(pen, source, frameOf(source.store, coords, this.getTileSize().x, scale), scale, pen1);
      }
    },

    drawSource(pen, source, frame, scale, pen1) {
      const { store, outline } = source;
      const tints = source.tinted ? source.tints : [null];
      const tintOf = source.tinted ? (i) => source.codes[i] : () => 0;
      const large = tints.map(() => []), rest = tints.map(() => []), tiny = tints.map(() => []);
      for (const i of gather(store, frame, () => true)) {
        const size = sizePx(store, frame, i, scale), tint = Math.max(0, tintOf(i));
        (size < (source.tinted ? 4.5 : 2.5) ? tiny : size < 7 && store.kind[i] === 3 ? rest : large)[tint].push(i);
      }
      pen.lineWidth = (source.boundary ? 1.6 : 0.8) * pen1;
      pen.setLineDash(source.boundary ? [7 * pen1, 3 * pen1, 1.5 * pen1, 3 * pen1] : []);
      tints.forEach((tint, k) => {
        pen.fillStyle = tint ?? outline;
        for (const i of tiny[k]) {
          const x = (store.box[4 * i] - frame.x0) * frame.toPx, y = (store.box[4 * i + 1] - frame.y0) * frame.toPx;
          const width = (store.box[4 * i + 2] - store.box[4 * i]) * frame.toPx, height = (store.box[4 * i + 3] - store.box[4 * i + 1]) * frame.toPx;
          pen.fillRect(x, y, Math.max(1.6 * pen1, width), Math.max(1.6 * pen1, height));
        }
        inBatches(pen, rest[k], store, frame, () => {
          pen.strokeStyle = outline;
          if (tint) pen.fill();
          else pen.stroke();
        });
        inBatches(pen, large[k], store, frame, () => {
          pen.strokeStyle = outline;
          if (tint) pen.fill();
          pen.stroke();
        });
      });
      pen.setLineDash([]);
    },
  });

  const FindingLayer = TileLayer.extend({
    initialize(store, styles, styleOf, isShown, options) {
      Object.assign(this, { store, styles, styleOf, isShown });
      L.setOptions(this, options);
    },

    drawTile(pen, coords, scale, pen1) {
      const { store } = this;
      const frame = frameOf(store, coords, this.getTileSize().x, scale);
      const shapes = this.styles.map(() => []), small = this.styles.map(() => []);
      let glyphs = 0;
      for (const i of gather(store, frame, this.isShown)) {
        const isSmall = store.kind[i] === 1 || sizePx(store, frame, i, pen1) < GLYPH_BELOW_PX;
        glyphs += isSmall;
        (isSmall ? small : shapes)[this.styleOf(i)].push(i);
      }
      for (let k = this.styles.length - 1; k >= 0; k--) { // most serious on top
        this.drawShapes(pen, this.styles[k], shapes[k], frame, pen1);
        this.drawGlyphs(pen, this.styles[k], small[k], frame, glyphs > GLYPHS_MANY ? 0.7 * pen1 : pen1, glyphs > GLYPHS_MAX);
      }
    },

    drawShapes(pen, style, features, frame, pen1) {
      const { store } = this;
      const pattern = features.length && !style.hollow ? hatch(pen, style.severity, style.colour, pen1) : null;
      const dash = style.hollow ? [5 * pen1, 4 * pen1] : [];
      pen.lineJoin = pen.lineCap = "round";
      const stroke = () => {
        pen.setLineDash([]);
        pen.strokeStyle = halo;
        pen.lineWidth = (style.linePx + 2.2) * pen1;
        pen.stroke();
        pen.setLineDash(dash);
        pen.strokeStyle = style.colour;
        pen.lineWidth = style.linePx * pen1;
        pen.stroke();
        pen.setLineDash([]);
      };
      inBatches(pen, features.filter((i) => store.kind[i] === 3), store, frame, () => {
        pen.fillStyle = style.colour;
        pen.globalAlpha = style.hollow ? 0.12 : 0.3;
        pen.fill();
        pen.globalAlpha = 0.75;
        if (pattern) { pen.fillStyle = pattern; pen.fill(); }
        pen.globalAlpha = 1;
        stroke();
      });
      inBatches(pen, features.filter((i) => store.kind[i] === 2), store, frame, () => {
        pen.globalAlpha = 1;
        stroke();
        pen.lineWidth = (style.linePx + 0.8) * pen1;
        if (!style.hollow) pen.stroke();
      });
    },

    drawGlyphs(pen, style, features, frame, pen1, isDense) {
      const { box, kind, firstPart, firstPoint, x, y } = this.store;
      pen.fillStyle = style.colour;
      const draw = (px, py) => {
        if (isDense) pen.fillRect(px - 2 * pen1, py - 2 * pen1, 4 * pen1, 4 * pen1);
        else glyph(pen, style, px, py, pen1);
      };
      for (const i of features) {
        if (kind[i] === 1) {
          for (let j = firstPoint[firstPart[i]]; j < firstPoint[firstPart[i + 1]]; j++) {
            draw((x[j] - frame.x0) * frame.toPx, (y[j] - frame.y0) * frame.toPx);
          }
        } else {
          draw(((box[4 * i] + box[4 * i + 2]) / 2 - frame.x0) * frame.toPx,
            ((box[4 * i + 1] + box[4 * i + 3]) / 2 - frame.y0) * frame.toPx);
        }
      }
    },

    // Findings under a place, smallest first, so that a small one can always be reached.
    hits(latlng, tolerancePx) {
      const { store } = this;
      const point = this._map.project(latlng, 0);
      const x = point.x / 256 * store.world - store.originX, y = point.y / 256 * store.world - store.originY;
      const unit = store.world / (256 * 2 ** this._map.getZoom());
      const reach = tolerancePx * unit;
      const found = [];
      Lantu.payload.query(store, x - reach, y - reach, x + reach, y + reach, (i) => {
        if (this.isShown(i) && touches(store, i, x, y, reach, GLYPH_BELOW_PX * unit)) found.push(i);
      });
      const area = (i) => (store.box[4 * i + 2] - store.box[4 * i]) * (store.box[4 * i + 3] - store.box[4 * i + 1]);
      return found.sort((i, j) => area(i) - area(j) || i - j);
    },
  });

  function touches(store, i, x, y, reach, small) {
    const [x0, y0, x1, y1] = store.box.subarray(4 * i, 4 * i + 4);
    if (Math.max(x1 - x0, y1 - y0) < small) return true; // drawn as a glyph
    let inside = false;
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const start = store.firstPoint[p], end = store.firstPoint[p + 1];
      for (let j = start, k = store.kind[i] === 3 ? end - 1 : start; j < end; k = j++) {
        const ax = store.x[k], ay = store.y[k], bx = store.x[j], by = store.y[j];
        if (segmentDistance(x, y, ax, ay, bx, by) <= reach) return true;
        if ((by > y) !== (ay > y) && x < (ax - bx) * (y - by) / (ay - by) + bx) inside = !inside;
      }
    }
    return store.kind[i] === 3 && inside;
  }

  function segmentDistance(x, y, ax, ay, bx, by) {
    const dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
    const t = length2 ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length2)) : 0;
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  }

  return { ContextLayer, FindingLayer, findingStyles, glyph, hatch, isBusy, halo: () => halo, setHalo(colour) { halo = colour; } };
})();
