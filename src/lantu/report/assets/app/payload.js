// Data blocks: base64, gzip, then JSON or geometry columns (see codec.py, which writes them).

Lantu.payload = (() => {
  function bytesOf(id) {
    const node = document.getElementById(id);
    const text = node.textContent.trim();
    node.textContent = ""; // the text is no longer needed, and it is long
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  async function unpack(id) {
    const bytes = bytesOf(id);
    if (typeof DecompressionStream === "undefined") return fflate.gunzipSync(bytes);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const text = async (id) => new TextDecoder().decode(await unpack(id));
  const json = async (id) => JSON.parse(await text(id));

  // Reads columns one after the other: the lowest bytes of all numbers, then the rest of each as LEB128.
  class Reader {
    constructor(bytes) { this.bytes = bytes; this.at = 0; }

    into(column, signed) {
      const { bytes } = this;
      let low = this.at, at = low + column.length;
      for (let i = 0; i < column.length; i++) {
        let value = bytes[low++], scale = 256, byte;
        do { // a product instead of a shift: numbers may exceed 32 bits
          byte = bytes[at++];
          value += (byte & 127) * scale;
          scale *= 128;
        } while (byte & 128);
        column[i] = signed ? (value % 2 ? -(value + 1) / 2 : value / 2) : value;
      }
      this.at = at;
      return column;
    }
  }

  // Columns of whole numbers travel as steps from row to row; here each gets its numbers back.
  function unfold(columns) {
    for (const [name, column] of Object.entries(columns)) {
      if (column.steps) columns[name] = running(column.steps);
      else if (column.codes) columns[name] = { ...column, codes: running(column.codes.steps) };
    }
    return columns;
  }

  // kind: 0 nothing, 1 points, 2 lines, 3 polygons. Feature i has the parts firstPart[i] to
  // firstPart[i + 1], part p the points firstPoint[p] to firstPoint[p + 1].
  function geometry(header, bytes) {
    const reader = new Reader(bytes);
    const kind = reader.into(new Uint8Array(header.features));
    const firstPart = sums(reader.into(new Uint32Array(header.features)));
    const firstPoint = sums(reader.into(new Uint32Array(header.parts)));
    const x = running(reader.into(new Int32Array(header.points), true));
    const y = running(reader.into(new Int32Array(header.points), true));
    const store = {
      size: header.features, kind, firstPart, firstPoint, x, y,
      originX: header.origin[0], originY: header.origin[1], world: 2 ** (32 - header.shift),
    };
    store.box = boxes(store);
    store.index = gridIndex(store);
    return store;
  }

  function sums(counts) {
    const first = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) first[i + 1] = first[i] + counts[i];
    return first;
  }

  function running(steps) {
    for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
    return steps;
  }

  // xmin, ymin, xmax, ymax of each feature; an empty feature gets a box that meets nothing.
  function boxes({ size, firstPart, firstPoint, x, y }) {
    const box = new Int32Array(4 * size);
    for (let i = 0; i < size; i++) {
      let x0 = 2147483647, y0 = 2147483647, x1 = -1, y1 = -1;
      for (let j = firstPoint[firstPart[i]]; j < firstPoint[firstPart[i + 1]]; j++) {
        if (x[j] < x0) x0 = x[j];
        if (x[j] > x1) x1 = x[j];
        if (y[j] < y0) y0 = y[j];
        if (y[j] > y1) y1 = y[j];
      }
      box.set([x0, y0, x1, y1], 4 * i);
    }
    return box;
  }

  // Features by the cell of their centre; a query widens by half the largest feature of each axis.
  function gridIndex({ size, box, kind }) {
    let maxX = 1, maxY = 1, halfWidth = 0, halfHeight = 0;
    for (let i = 0; i < size; i++) {
      if (!kind[i]) continue;
      maxX = Math.max(maxX, box[4 * i + 2]);
      maxY = Math.max(maxY, box[4 * i + 3]);
      halfWidth = Math.max(halfWidth, (box[4 * i + 2] - box[4 * i]) / 2);
      halfHeight = Math.max(halfHeight, (box[4 * i + 3] - box[4 * i + 1]) / 2);
    }
    const side = Math.max(1, Math.round(Math.sqrt(size / 16)));
    const cellWidth = maxX / side + 1, cellHeight = maxY / side + 1;
    const counts = new Uint32Array(side * side), cell = new Int32Array(size).fill(-1);
    for (let i = 0; i < size; i++) {
      if (!kind[i]) continue;
      const column = Math.floor((box[4 * i] + box[4 * i + 2]) / 2 / cellWidth);
      const row = Math.floor((box[4 * i + 1] + box[4 * i + 3]) / 2 / cellHeight);
      counts[cell[i] = row * side + column]++;
    }
    const first = sums(counts), next = first.slice(), ids = new Uint32Array(first[side * side]);
    for (let i = 0; i < size; i++) if (cell[i] >= 0) ids[next[cell[i]]++] = i;
    return { side, cellWidth, cellHeight, first, ids, halfWidth, halfHeight };
  }

  // Calls take(i) for each feature whose box meets the given one.
  function query({ index, box }, x0, y0, x1, y1, take) {
    const { side, cellWidth, cellHeight, first, ids, halfWidth, halfHeight } = index;
    const within = (value) => Math.min(side - 1, Math.max(0, Math.floor(value)));
    const left = within((x0 - halfWidth) / cellWidth), right = within((x1 + halfWidth) / cellWidth);
    const top = within((y0 - halfHeight) / cellHeight), bottom = within((y1 + halfHeight) / cellHeight);
    for (let row = top; row <= bottom; row++) {
      for (let k = first[row * side + left]; k < first[row * side + right + 1]; k++) {
        const at = 4 * ids[k];
        if (box[at] <= x1 && box[at + 2] >= x0 && box[at + 1] <= y1 && box[at + 3] >= y0) take(ids[k]);
      }
    }
  }

  const longitude = (store, x) => (x + store.originX) / store.world * 360 - 180;
  const latitude = (store, y) =>
    180 / Math.PI * Math.atan(Math.sinh(Math.PI * (1 - 2 * (y + store.originY) / store.world)));

  // Leaflet coordinates of each part of a feature.
  function parts(store, i) {
    const found = [];
    for (let p = store.firstPart[i]; p < store.firstPart[i + 1]; p++) {
      const part = [];
      for (let j = store.firstPoint[p]; j < store.firstPoint[p + 1]; j++) {
        part.push([latitude(store, store.y[j]), longitude(store, store.x[j])]);
      }
      found.push(part);
    }
    return found;
  }

  function bounds(store, i) {
    const [x0, y0, x1, y1] = store.box.subarray(4 * i, 4 * i + 4);
    return L.latLngBounds(
      [latitude(store, y1), longitude(store, x0)], [latitude(store, y0), longitude(store, x1)],
    );
  }

  return { json, text, unpack, unfold, geometry, query, parts, bounds };
})();
