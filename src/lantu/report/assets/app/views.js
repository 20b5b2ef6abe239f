// What was not checked, the answer of every rule, the waivers, and where everything comes from.

Lantu.views = (() => {
  const { byId, element, replace, write } = Lantu.dom;
  const { say, pick, number } = Lantu.words;
  const state = Lantu.state;

  function start() {
    state.on("language", furnish);
    furnish();
  }

  function furnish() {
    replace(byId("view-unchecked"), [heading("unchecked"), unchecked()]);
    replace(byId("view-rules"), [heading("rules"), rules(), ...leftOut()]);
    if (Lantu.since.isThere()) replace(byId("view-since"), [heading("since"), ...Lantu.since.view(table, ruleName)]);
    replace(byId("view-waived"), [heading("waived"), ...waived()]);
    replace(byId("view-methods"), [heading("methods"), ...methods()]);
  }

  const heading = (name) => element("header", {}, [
    element("h2", { text: say(`views.${name}`) }), element("p", { text: say(`views.${name}_hint`) }),
  ]);

  // Cells are texts or elements; a number is set to the right.
  function table(heads, rows, kind = "") {
    const isDigits = (at) => rows.some((row) => typeof row[at] === "number");
    const cell = (value, at) => element("td", { class: isDigits(at) ? "digits" : null }, [
      typeof value === "number" ? number(value) : value ?? "—",
    ]);
    return element("div", { class: "framed" }, [element("table", { class: kind }, [
      element("thead", {}, [element("tr", {}, heads.map((text, at) => element("th", { scope: "col", text, class: isDigits(at) ? "digits" : null })))]),
      element("tbody", {}, rows.map((row) => element("tr", {}, row.map(cell)))),
    ])]);
  }

  const ruleName = (code) => element("span", {}, [element("code", { text: code }), ` ${state.ruleTitle(code) === code ? "" : state.ruleTitle(code)}`]);

  // One row a reason: what one act would mend is read once, however many rules wait for it.
  function unchecked() {
    const rows = state.content().notChecked;
    if (!rows.length) return element("p", { class: "fine", text: say("unchecked.none") });
    const groups = new Map();
    for (const row of rows) {
      const reason = pick(row.reason);
      const group = groups.get(reason) ?? { reason, layers: new Set(), rules: new Set(), count: 0 };
      const between = [row.layerA, row.layerB].filter(Boolean).join(" × ");
      if (between) group.layers.add(between);
      group.rules.add(row.rule);
      group.count += 1;
      groups.set(reason, group);
    }
    const most = [...groups.values()].sort((one, other) => other.count - one.count);
    return table(
      ["reason", "layers", "rules", "count"].map((name) => say(`unchecked.${name}`)),
      most.map((group) => [
        group.reason,
        element("div", {}, [...group.layers].map((text) => element("div", { text }))),
        element("div", {}, [...group.rules].map(ruleName)),
        group.count,
      ]), "unchecked",
    );
  }

  function rules() {
    const { rules: all } = state.content().summary;
    const heads = ["rule", "answer", "matched", "candidates", "judged", "found", "undecidable", "gaps"];
    return table(heads.map((name) => say(`rules.${name}`)), Object.keys(all).sort().map((code) => {
      const rule = all[code];
      const gaps = rule.pairs.filter((pair) => pair.answer === "not_checked").length;
      const answer = element("span", { class: `answer ${rule.answer}`, text: say(`answer.${rule.answer}`) });
      return [ruleName(code), answer, rule.matched, rule.candidates, rule.judged, rule.found, rule.undecidable, gaps];
    }));
  }

  // What tolerances left out: counted, never silent.
  function leftOut() {
    const { rules: all, tolerances } = state.content().summary;
    const tolerance = (a, b) => tolerances.find((entry) => entry.layer_a === a && entry.layer_b === b)?.tolerance_m;
    const rows = Object.keys(all).sort().flatMap((code) => all[code].pairs
      .filter((pair) => pair.left_out)
      .map((pair) => [
        ruleName(code), pair.layer_a, pair.layer_b, pair.left_out, pair.left_out_area_m2,
        pair.left_out_length_m, tolerance(pair.layer_a, pair.layer_b) ?? null,
      ]));
    if (!rows.length) return [];
    const heads = ["rule", "layer_a", "layer_b", "count", "area", "length", "tolerance"];
    return [
      element("h3", { text: say("left_out.title") }), element("p", { class: "note", text: say("left_out.hint") }),
      table(heads.map((name) => say(`left_out.${name}`)), rows),
    ];
  }

  function waived() {
    const { waived: found, summary } = state.content();
    const { unused = [], lapsed = [], reopened = [], in_force = [] } = summary.waivers;
    const parts = [];
    if (found.rows.length) {
      parts.push(table(
        ["rule", "message", "reason", "decided_by", "until"].map((name) => say(`waived.${name}`)),
        found.rows.map((row) => [ruleName(row.rule), pick(row.message), row.reason, row.decided_by, row.until]),
      ));
    } else parts.push(element("p", { class: "note", text: say("waived.none") }));
    if (found.rows.length < found.total) {
      parts.push(element("p", { class: "note", text: say("waived.capped", { shown: found.rows.length, total: found.total }) }));
    }
    for (const [name, rows] of [["in_force", in_force], ["reopened", reopened], ["lapsed", lapsed], ["unused", unused]]) {
      if (rows.length) parts.push(element("h3", { text: say(`waived.${name}`, { count: rows.length }) }), waiverTable(rows));
    }
    return parts;
  }

  const waiverTable = (rows) => table(
    ["rule", "side_a", "side_b", "reason", "decided_by", "until", "reach"].map((name) => say(`waived.${name}`)),
    rows.map((row) => [
      row.rule, [row.layer_a, row.id_a].filter(Boolean).join(" / "), [row.layer_b, row.id_b].filter(Boolean).join(" / "),
      row.reason, row.decided_by, row.until, row.findings ?? 0,
    ]),
  );

  function methods() {
    const { summary } = state.content();
    return [
      element("h3", { text: say("methods.inputs") }),
      element("div", { class: "cards" }, Object.entries(summary.layers).map(([name, layer]) => input(name, layer))),
      element("h3", { text: say("methods.tolerances") }),
      element("p", { class: "note", text: say("methods.tolerances_hint") }),
      table(["a", "b", "tolerance"].map((name) => say(`methods.${name}`)),
        summary.tolerances.map((entry) => [entry.layer_a, entry.layer_b, `${number(entry.tolerance_m, 3)} m`])),
      element("h3", { text: say("methods.parameters") }),
      table([say("methods.rule"), say("methods.values")], Object.keys(summary.rules).sort().map((code) => [ruleName(code), parameters(summary.rules[code].parameters)])),
      element("h3", { text: say("methods.caps") }), element("p", { class: "note", text: say("methods.caps_hint") }),
      terms(Object.keys(summary.caps).sort().map((name) => [known("methods.cap", name), number(summary.caps[name])])),
      element("h3", { text: say("methods.versions") }),
      terms(Object.keys(summary.versions).sort().map((name) => [name, summary.versions[name]])),
      licences(),
    ];
  }

  const parameters = (values) => Object.keys(values).sort()
    .map((name) => `${name} = ${typeof values[name] === "object" ? JSON.stringify(values[name]) : values[name]}`).join("　");

  const terms = (entries) => element("dl", { class: "facts" }, entries
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .flatMap(([term, value]) => [element("dt", { text: term }), element("dd", { text: String(value) })]));

  const known = (group, word) => (word && Lantu.words.known(`${group}.${word}`) ? say(`${group}.${word}`) : word);

  function input(name, layer) {
    const { source } = layer, crs = source.crs ?? {}, join = source.join;
    const shown = state.content().layers.find((entry) => entry.name === name);
    return element("article", { class: layer.refused ? "input refused" : "input" }, [
      element("h4", {}, [element("span", { text: name }), element("small", { text: state.departmentName(layer.department) })]),
      layer.refused && element("p", { class: "refusal", text: `${say("methods.refused")} ${pick(layer.refused.reason)}` }),
      terms([
        [say("methods.file"), [source.path, source.layer].filter(Boolean).join(" / ")],
        [say("methods.standard"), shown ? pick(shown.standard) : layer.standard],
        [say("methods.counts"), say("methods.counts_text", {
          in: number(source.count_in), out: number(source.count_out), listed: number(source.count_listed), filtered: number(source.count_filtered),
        })],
        [say("methods.encoding"), [source.encoding, known("methods.how", source.encoding_how)].filter(Boolean).join(" · ")],
        [say("methods.crs"), crs.source],
        [say("methods.operation"), crs.operation],
        [say("methods.operation_accuracy"), crs.accuracy_m === null || crs.accuracy_m === undefined ? null : `${number(crs.accuracy_m, 3)} m`],
        [say("methods.crs_note"), pick(crs.note)],
        [say("methods.accuracy"), layer.accuracy_m === null ? null : `± ${number(layer.accuracy_m, 3)} m`],
        [say("methods.issued"), source.issued],
        [say("methods.level"), say(`level.${layer.level}`)],
        [say("methods.matched"), Object.entries(source.fields_matched).map(([to, from]) => `${to} ← ${from}`).join(say("comma"))],
        [say("methods.missed"), source.fields_missed.join(say("comma"))],
        [say("methods.join"), join && say("methods.join_text", join)],
        ["SHA-256", source.sha256],
      ].filter(([, value]) => value)),
    ]);
  }

  function licences() {
    const text = element("pre");
    const box = element("details", { class: "licences" }, [element("summary", { text: say("methods.licences") }), text]);
    write(text, Lantu.views.licences);
    return box;
  }

  return { start, table, licences: "" };
})();
