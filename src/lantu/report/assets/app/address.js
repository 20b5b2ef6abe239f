// The address of the page carries what is selected and filtered, so that a link shows the same to others:
// #finding=ID&rule=LU01&rule=LU02&town=…&q=words&view=methods. A facet may stand several times: any will do.

Lantu.address = (() => {
  const { say } = Lantu.words;
  const state = Lantu.state;
  const VIEWS = ["unchecked", "rules", "since", "waived", "methods"];
  let notify = () => {};
  let isFollowing = false;

  function start(toast) {
    notify = toast;
    for (const event of ["select", "filter", "view"]) state.on(event, showHere);
    window.addEventListener("hashchange", follow);
    if (location.hash) follow();
  }

  function entries() {
    return location.hash.slice(1).split("&").filter(Boolean).map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), decoded(part.slice(at + 1))];
    });
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; /* it stands as it is */ }
  }

  function follow() {
    const wanted = state.none(), unknown = [];
    let id = null, view = "overview";
    for (const [name, value] of entries()) {
      if (name === "finding") id = value;
      else if (name === "q") wanted.words = state.wordsOf(value);
      else if (name === "view" && VIEWS.includes(value)) view = value;
      else if (!Lantu.facets.NAMES.includes(name)) continue; // somebody else's, like a print's
      else if (Lantu.facets.knows(name, value)) wanted[name].push(value);
      else unknown.push(`${name}=${value}`);
    }
    isFollowing = true;
    state.set(wanted);
    if (view !== state.view()) state.show(view);
    isFollowing = false;
    Lantu.table.showQuery();
    if (unknown.length) notify(say("unknown_filter", { what: unknown.join(" · ") }));
    open(id);
  }

  function open(id) {
    if (id === null) return state.selected() >= 0 && state.select(-1);
    const i = state.find(id);
    if (i < 0) return notify(say("unknown_finding", { id }));
    if (!state.found().visible[i]) state.clear();
    if (i !== state.selected()) state.select(i);
  }

  function here() {
    const i = state.selected(), filters = state.filters(), parts = [];
    const add = (name, value) => parts.push(`${name}=${encodeURIComponent(value)}`);
    if (i >= 0) add("finding", state.text("finding_id", i));
    for (const name of Lantu.facets.NAMES) for (const value of filters[name]) add(name, value);
    if (filters.words.length) add("q", filters.words.join(" "));
    if (state.view() !== "overview") add("view", state.view());
    return parts.length ? `#${parts.join("&")}` : "";
  }

  function showHere() {
    const hash = here();
    if (isFollowing || hash === location.hash) return;
    try {
      history.replaceState(null, "", hash || location.pathname + location.search);
    } catch { /* inside a notebook the page has no address of its own */ }
  }

  // To the clipboard; where the browser does not let a page do that, the link is shown to be copied by hand.
  async function copy() {
    const link = location.href.split("#")[0] + here();
    try {
      await navigator.clipboard.writeText(link);
      notify(say("link.copied"));
    } catch { notify(link); }
  }

  return { start, copy };
})();
