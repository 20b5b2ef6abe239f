// Elements and words. Text from the departments reaches the page only through textContent and
// attributes that hold no code, so nothing a parcel is named can become markup.

Lantu.dom = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  const byId = (id) => document.getElementById(id);

  // A control character shows nothing, and one that turns the direction of writing makes a text read
  // as another one: each is shown as what it is. Line ends and tabs are left alone.
  const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
  const visible = (text) => String(text).replace(UNSEEN, (sign) => `⟦U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);

  // The only way by which text gets into the page.
  function write(node, text) {
    node.textContent = visible(text ?? "");
  }

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") write(node, value);
      else if (name === "click") node.addEventListener("click", value);
      else node.setAttribute(name, value === true ? "" : visible(value));
    }
    for (const child of children) {
      if (child !== null && child !== undefined && child !== false) node.append(typeof child === "string" ? visible(child) : child);
    }
    return node;
  }

  const element = (tag, attributes = {}, children = []) =>
    fill(document.createElement(tag), attributes, children);

  const drawing = (tag, attributes = {}, children = []) =>
    fill(document.createElementNS(SVG, tag), attributes, children);

  const replace = (node, children) => node.replaceChildren(...children.filter(Boolean));

  const GLYPHS = {
    critical: "M8 .8 15.2 8 8 15.2 .8 8Z",
    major: "M8 1.4 15.2 14.4H.8Z",
    minor: "M2.4 2.4H13.6V13.6H2.4Z",
    info: "M8 1.8a6.2 6.2 0 1 1 0 12.4a6.2 6.2 0 1 1 0-12.4Z",
  };

  // The same four shapes as on the map: a severity is never told by colour alone.
  function glyph(severity, hollow = false) {
    const shape = drawing("path", { d: GLYPHS[severity] });
    return drawing("svg", {
      class: `glyph ${severity}${hollow ? " hollow" : ""}`, viewBox: "0 0 16 16", "aria-hidden": "true",
    }, [shape]);
  }

  return { byId, element, drawing, replace, glyph, GLYPHS, write, visible };
})();

Lantu.words = (() => {
  let texts = {};
  let language = "zh";

  function start(catalogue, first) {
    texts = catalogue;
    language = first;
  }

  const pick = (said) => (said ? said[language] ?? said.zh ?? said.en : null);

  // Values are put in as they are, once: braces inside a value mean nothing.
  function say(key, values = {}) {
    const template = pick(texts[key]) ?? key;
    return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  const number = (value, digits = 2) =>
    Number(value).toLocaleString("en-US", { maximumFractionDigits: digits });

  const MU_M2 = 2000 / 3;

  // A measure with its unit.
  function measure(value, unit) {
    if (value === null || value === undefined) return null;
    if (unit === "m2") return `${number(value, value < 10 ? 2 : 1)} m²`;
    if (unit === "1" || !unit) return number(value, 4);
    return `${number(value, 2)} ${unit}`;
  }

  // The same, areas also as land is counted: in mu in Chinese, in hectares in English.
  function inFull(value, unit) {
    const said = measure(value, unit);
    if (unit !== "m2" || said === null || value < MU_M2 / 100) return said;
    if (language === "zh") return `${said}（${number(value / MU_M2)} 亩）`;
    return value < 1000 ? said : `${said} (${number(value / 10000)} ha)`;
  }

  const known = (key) => key in texts;

  const percent = (share) => `${number(share * 100, 1)} %`;

  return {
    start, say, known, pick, number, measure, inFull, percent,
    language: () => language,
    use(next) { language = next; },
  };
})();
