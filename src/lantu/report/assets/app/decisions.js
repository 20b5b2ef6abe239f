// What was decided: by the register at the time of the run, and since then in this page. Decisions of
// the page stay in the browser until they are saved to a file, which `lantu decide` takes in.

Lantu.decisions = (() => {
  const state = Lantu.state;
  const SCHEMA = "lantu.decisions", VERSION = 1;
  const KINDS = ["a_corrects", "b_corrects", "both_correct", "waived", "false_alarm", "postponed"];
  const STATUSES = ["open", "decided", "waived", "false_alarm", "postponed", "clash", "lapsed", "reopened"];
  const DATED = new Set(["open", "decided", "postponed", "clash", "lapsed", "reopened"]);
  const TEXTS = ["decision", "by", "at", "responsible", "due", "until", "reason", "note"];
  const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
  let own = new Map(); // finding id: this person's decision, not yet in the register
  let loaded = new Map(); // finding id: decisions out of files
  let by = "";
  let isKept = true;

  const key = () => {
    const { run } = state.content();
    return `lantu.decisions ${run.name} ${run.findingsSha256}`;
  };

  // Equal findings give equal keys: what this browser kept may be in the register by now.
  const isRegistered = (id, entry) =>
    (state.content().summary.decisions?.findings[id]?.history ?? []).some((one) => mark(one) === mark(entry));

  function start() {
    try {
      const kept = JSON.parse(localStorage.getItem(key()) ?? "{}");
      by = typeof kept.by === "string" ? kept.by : "";
      own = new Map((kept.own ?? []).filter(([id, entry]) => state.find(id) >= 0 && !isRegistered(id, { ...entry, by })));
      loaded = new Map((kept.loaded ?? []).map(([id, entries]) => [id, entries.filter((entry) => !isRegistered(id, entry))])
        .filter(([id, entries]) => state.find(id) >= 0 && entries.length));
    } catch { /* nothing kept, or the browser keeps nothing for files */ }
    addEventListener("beforeunload", (event) => {
      if (!unsaved()) return;
      event.preventDefault();
      event.returnValue = ""; // older browsers ask for it
    });
  }

  function changed() {
    try {
      localStorage.setItem(key(), JSON.stringify({ by, own: [...own], loaded: [...loaded] }));
      isKept = true;
    } catch { isKept = false; }
    state.tell("decide");
  }

  // Local time with its offset, so that the day is the day of whoever decided.
  function now() {
    const moment = new Date(), minutes = -moment.getTimezoneOffset();
    const two = (value) => String(Math.floor(value)).padStart(2, "0");
    const local = new Date(moment.getTime() + minutes * 60000).toISOString().slice(0, -1);
    return `${local}${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  }

  const idOf = (i) => state.text("finding_id", i);
  const registered = (i) => state.content().summary.decisions?.findings[idOf(i)] ?? null;
  const draft = (i) => own.get(idOf(i)) ?? null;
  const mark = (entry) => JSON.stringify([entry.by ?? "", entry.at ?? ""]);
  const moment = (entry) => Date.parse(entry.decided_at ?? entry.at) || 0;

  // The same rule as the register's: of each person the newest, unless somebody else had it before them.
  function latest(entries) {
    const seen = new Set(entries.flatMap((entry) => entry.seen.map(mark).filter((pair) => pair !== mark(entry))));
    const left = entries.filter((entry) => !seen.has(mark(entry)));
    const byPerson = new Map();
    for (const entry of (left.length ? left : entries).slice().sort((p, q) => moment(p) - moment(q))) byPerson.set(entry.by, entry);
    return [...byPerson.values()].sort((p, q) => moment(q) - moment(p));
  }

  const ofRegister = (i) => (registered(i)?.history ?? []).filter((entry) => entry.latest).map((entry) => ({ ...entry, seen: [] }));
  const others = (i) => [...ofRegister(i), ...(loaded.get(idOf(i)) ?? [])];

  function inForce(i) {
    const mine = draft(i);
    return latest(mine ? [...others(i), { ...mine, by }] : others(i));
  }

  const said = (entry) => JSON.stringify(["decision", "responsible", "due", "until"].map((name) => entry[name] || null));
  const today = () => state.content().run.asOf;

  function status(i) {
    if (!draft(i) && !loaded.has(idOf(i))) return registered(i)?.status ?? "open";
    const entries = inForce(i);
    if (new Set(entries.map(said)).size > 1) return "clash";
    const { decision, until } = entries[0];
    if (decision === "waived" && until && until < today()) return "lapsed";
    return ["waived", "false_alarm", "postponed"].includes(decision) ? decision : "decided";
  }

  const isOverdue = (i) => DATED.has(status(i)) && inForce(i).some((entry) => entry.due && entry.due < today());
  // Findings about which anything was decided, here or before.
  function touched() {
    const before = Object.keys(state.content().summary.decisions?.findings ?? {});
    return [...new Set([...own.keys(), ...loaded.keys(), ...before])].map(state.find).filter((i) => i >= 0);
  }

  // Whoever decides has read what the card shows: these decisions are replaced.
  function decide(i, changes) {
    const before = draft(i) ?? { decision: null };
    const seen = latest(others(i)).map((entry) => ({ by: entry.by ?? "", at: entry.at ?? "" }));
    const entry = { ...before, ...changes, at: now(), seen, isSaved: false };
    if (!KINDS.includes(entry.decision)) return;
    own.set(idOf(i), entry);
    changed();
  }

  function withdraw(i) {
    own.delete(idOf(i));
    changed();
  }

  function name(text) {
    by = text.trim();
    for (const entry of own.values()) entry.isSaved = false;
    changed();
  }

  const isWhole = (entry) => entry.decision !== "waived" || Boolean(entry.reason?.trim() && entry.until);
  const unsaved = () => [...own.values()].filter((entry) => !entry.isSaved).length;

  function plain(id, entry) {
    const texts = TEXTS.map((field) => [field, entry[field] || null]);
    return { finding_id: id, ...Object.fromEntries(texts), seen: entry.seen };
  }

  // Returns the file's text and how many decisions are in it and not in it; what is in it counts as saved.
  function save() {
    const { run } = state.content();
    const mine = [...own].filter(([, entry]) => isWhole(entry));
    const decisions = [
      ...[...loaded].flatMap(([id, entries]) => entries.map((entry) => plain(id, entry))),
      ...mine.map(([id, entry]) => plain(id, { ...entry, by })),
    ].sort((p, q) => (p.finding_id < q.finding_id ? -1 : p.finding_id > q.finding_id ? 1 : moment(p) - moment(q)));
    const file = { schema: SCHEMA, version: VERSION, run: run.name, findings_sha256: run.findingsSha256, decisions };
    for (const [, entry] of mine) entry.isSaved = true;
    changed();
    return { text: `${JSON.stringify(file, null, 1)}\n`, count: decisions.length, left: own.size - mine.length };
  }

  const isText = (value) => value === null || value === undefined || typeof value === "string";
  const isDate = (value) => !value || ISO_DATE.test(value);
  const isSeen = (seen) => Array.isArray(seen) && seen.every((one) => one && typeof one.by === "string" && typeof one.at === "string");

  function isSound(entry) {
    return entry && typeof entry.finding_id === "string" && state.find(entry.finding_id) >= 0
      && KINDS.includes(entry.decision) && TEXTS.every((field) => isText(entry[field]))
      && isDate(entry.due) && isDate(entry.until) && isSeen(entry.seen ?? []) && isWhole(entry);
  }

  // Takes a file in beside what is there; null where it is no file of this report.
  function load(text) {
    let file = null;
    try { file = JSON.parse(text); } catch { return null; }
    const { run } = state.content();
    if (file?.schema !== SCHEMA || file.version !== VERSION || !Array.isArray(file.decisions)) return null;
    if (file.run !== run.name || file.findings_sha256 !== run.findingsSha256) return null;
    const sound = file.decisions.filter(isSound);
    for (const given of sound) {
      const { finding_id: id, ...entry } = plain(given.finding_id, { ...given, seen: given.seen ?? [] });
      const there = loaded.get(id) ?? [], mine = own.get(id);
      const isMine = mine && mark({ ...mine, by }) === mark(entry);
      if (!isMine && !there.some((one) => JSON.stringify(one) === JSON.stringify(entry))) loaded.set(id, [...there, entry]);
    }
    changed();
    const lost = file.decisions.filter((entry) => !isSound(entry)).map((entry) => String(entry?.finding_id ?? "?"));
    return { count: sound.length, lost };
  }

  return {
    KINDS, STATUSES, start, registered, draft, inForce, others, status, isOverdue, touched, decide, withdraw, name,
    isWhole, save, load, unsaved, recorded: () => own.size + loaded.size, by: () => by, isKept: () => isKept,
  };
})();
