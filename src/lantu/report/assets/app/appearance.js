// How the page looks to whoever sits before it: for a meeting, in large type, dark.

Lantu.appearance = (() => {
  const { byId } = Lantu.dom;
  const state = Lantu.state;
  const root = document.documentElement;

  function start() {
    byId("present").addEventListener("click", present);
    byId("large").addEventListener("click", enlarge);
    byId("theme").addEventListener("click", () => useTheme(!isDark()));
    useTheme(matchMedia("(prefers-color-scheme: dark)").matches); // as the reader's system has it, then as chosen
  }

  const isPresented = () => root.dataset.present === "yes";
  const isLarge = () => root.dataset.large === "yes";
  const isDark = () => root.dataset.theme === "dark";

  // Map and card alone, large. Opens the first finding, so that there is something to speak of.
  function present() {
    const isOn = !isPresented();
    root.dataset.present = isOn ? "yes" : "no";
    byId("present").setAttribute("aria-pressed", String(isOn));
    state.show("overview");
    Lantu.map.resize();
    if (isOn && state.selected() < 0 && state.list().length) state.step(1);
    else state.tell("select");
  }

  function enlarge() {
    const isOn = !isLarge();
    root.dataset.large = isOn ? "yes" : "no";
    byId("large").setAttribute("aria-pressed", String(isOn));
    Lantu.map.resize();
    state.tell("language"); // everything is measured anew
  }

  // Colours that carry a meaning come from palette.py, for both grounds.
  function useTheme(toDark) {
    root.dataset.theme = toDark ? "dark" : "light";
    byId("theme").setAttribute("aria-pressed", String(toDark));
    const { severity, side } = colours();
    for (const [name, colour] of Object.entries(severity)) root.style.setProperty(`--${name}`, colour);
    for (const [name, colour] of Object.entries(side)) root.style.setProperty(`--side-${name}`, colour);
    state.tell("theme");
  }

  const colours = () => (isDark() ? state.content().colours.dark : state.content().colours);

  return { start, present, isPresented, isLarge, isDark, colours };
})();
