// What the findings say. Both languages travel as templates that many findings share, beside what is each
// one's own (see sentences.py); here they are put together when they are read.

Lantu.sentences = (() => {
  let told = null; // templates, and the template of each finding or -1
  let place = new Uint32Array(0); // of each finding among those of its template
  let language = "zh"; // the run's

  function start(content) {
    told = content.sentences;
    language = content.run.language;
    const seen = new Uint32Array(told.templates.length);
    place = Uint32Array.from(told.codes, (code) => (code < 0 ? 0 : seen[code]++));
  }

  const put = (half, own, i) => half.map((part) => (typeof part === "string" ? part : own[part](i))).join("");

  // Each of a finding's own values stands in a column of the findings or with its template.
  const valuesOf = (template) => template.own.map((one) => (typeof one === "string"
    ? (i) => Lantu.state.text(one, i)
    : (i) => one[place[i]]));

  // In the run's language and in the other one, null where it was said in no other.
  function both(i) {
    const template = told.templates[told.codes[i]];
    if (!template) return [null, null];
    const own = template.values ?? (template.values = valuesOf(template));
    return [put(template.said, own, i), template.other && put(template.other, own, i)];
  }

  const isAbroad = () => Lantu.words.language() !== language;

  // In the language of the page; in the run's where it was said in no other.
  function of(i) {
    const [said, other] = both(i);
    return (isAbroad() && other) || said;
  }

  return { start, both, of, isAbroad };
})();
