// The headline numbers. Those of findings follow the filters and then say "of" how many; what was not
// checked and what is waived is always told of the whole run.

Lantu.numbers = (() => {
  const { byId, element, replace } = Lantu.dom;
  const { say, number } = Lantu.words;
  const state = Lantu.state;
  const M2_A_HECTARE = 10000;
  const NAMED = new Set(["conflict", "undecidable", "not-checked", "causes", "waived"]); // scripts may look for these
  const SETTLED = new Set(["decided", "waived", "false_alarm"]);
  const SIDES = ["a", "b"].map((side) => [`place_${side}`, `object_${side}`, `id_${side}`]);
  let whole = null; // the numbers without any filter

  function start() {
    for (const event of ["filter", "language", "decide"]) state.on(event, furnish);
    furnish();
  }

  // Added up over the list, by numbers and not by texts: there may be 100,000.
  function measured(list) {
    const sum = { conflict: 0, undecidable: 0, critical: 0, area: 0, decided: 0, new: 0 };
    const { facets } = Lantu, pairOf = facets.codes("pair"), statusOf = facets.codes("status"), causeOf = facets.codes("cause");
    const isSettled = facets.values("status").map((name) => SETTLED.has(name));
    const isBetween = facets.values("pair").map((pair) => pair.split("|")[0] !== pair.split("|")[1]);
    const parcels = new Set(), pairs = new Set(), causes = new Set();
    for (const i of list) {
      const isConflict = !state.isUndecidable(i);
      sum[isConflict ? "conflict" : "undecidable"] += 1;
      if (isConflict && state.severityOf(i) === 0) sum.critical += 1;
      if (state.number("share_a", i) !== null && state.text("unit", i) === "m2") sum.area += state.number("measure", i) ?? 0;
      if (isSettled[statusOf[i]]) sum.decided += 1;
      if (Lantu.since.has(i, "new")) sum.new += 1;
      for (const side of SIDES) gather(parcels, i, side);
      if (isBetween[pairOf[i]]) pairs.add(pairOf[i]);
      if (causeOf[i] >= 0) causes.add(causeOf[i]);
    }
    return { ...sum, all: list.length, parcels: parcels.size, pairs: pairs.size, causes: causes.size };
  }

  function gather(parcels, i, [placeName, objectName, idName]) {
    const place = state.number(placeName, i);
    if (place < 0 || !state.content().layers[place].parcel) return;
    const object = state.number(objectName, i);
    parcels.add(object >= 0 ? object * 1024 + place : `${place} ${state.text(idName, i)}`);
  }

  function furnish() {
    const { counts, layers, since } = state.content();
    const shown = measured(state.list());
    if (!state.isFiltered() || !whole) whole = state.isFiltered() ? measured(Array.from({ length: state.size() }, (_, i) => i)) : shown;
    const of = (name) => (state.isFiltered() ? say("headline.of", { total: number(Math.round(whole[name] * 10) / 10) }) : "");
    replace(byId("numbers"), [
      card("conflict", String(shown.conflict), of("conflict"), () => state.set({ verdict: ["conflict"] })),
      card("critical", String(shown.critical), of("critical"), () => state.set({ severity: ["critical"], verdict: ["conflict"] })),
      card("undecidable", String(shown.undecidable), of("undecidable"), () => state.set({ verdict: ["undecidable"] })),
      card("not-checked", String(counts.not_checked), "", () => state.show("unchecked")),
      card("causes", String(state.isFiltered() ? shown.causes : counts.causes), state.isFiltered() ? say("headline.of", { total: counts.causes }) : "",
        () => { state.clear(); state.select(-1); }),
      fact("area", number(area(shown.area), area(shown.area) < 10 ? 2 : 1), ""),
      layers.some((layer) => layer.parcel) && fact("parcels", number(shown.parcels), of("parcels")),
      fact("pairs", number(shown.pairs), of("pairs")),
      since && card("new", number(shown.new), of("new"), () => state.set({ since: ["new"] })),
      decided(shown),
      card("waived", String(counts.waived), "", () => state.show("waived")),
    ]);
  }

  const area = (m2) => m2 / M2_A_HECTARE;

  const inside = (name, value, of) => [
    element("span", { class: "figure" }, [
      element("b", { [NAMED.has(name) ? "data-count" : "data-figure"]: name, text: value }), of && element("small", { text: of }),
    ]),
    element("span", { class: "label", text: say(`headline.${name}`) }),
  ];

  // Leads to what it counts.
  function card(name, value, of, lead) {
    const click = () => {
      if (!["not-checked", "waived"].includes(name)) state.show("overview");
      lead();
    };
    return element("button", { type: "button", class: `number ${name}${value === "0" ? " none" : ""}`, click }, inside(name, value, of));
  }

  const fact = (name, value, of) => element("div", { class: `number ${name}` }, inside(name, value, of));

  function decided({ decided: done, all }) {
    const bar = element("i", { class: "progress" }, [element("i")]);
    bar.firstChild.style.width = `${all ? 100 * done / all : 0}%`;
    return element("div", { class: "number decided" }, [
      ...inside("decided", number(done), `/ ${number(all)}`), bar,
    ]);
  }

  return { start };
})();
