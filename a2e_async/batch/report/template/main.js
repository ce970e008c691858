// The tools above the grid.

function tally(field) {
  const counts = new Map();
  for (const item of items) counts.set(item[field], (counts.get(item[field]) ?? 0) + 1);
  return counts;
}

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) =>
    element("option", { value, textContent: text })));
}

function chips() {
  const counts = tally("state");
  // Nobody is to wonder whether something failed.
  const names = Object.keys(STATES).filter((state) => state === "failed" || counts.get(state));
  byId("states").replaceChildren(...["", ...names].map((state) => {
    const chip = element("button", { type: "button", className: "chip" },
      state ? element("span", { className: `dot state-${state}` }) : null,
      `${STATES[state] ?? "All"} `,
      element("span", { className: "quiet",
        textContent: number(state ? counts.get(state) ?? 0 : items.length) }));
    chip.dataset.state = state;
    chip.addEventListener("click", () => want({ state }));
    return chip;
  }));
}

function want(change) {
  wanted = { ...wanted, ...change };
  chosen = choose(wanted);
  for (const chip of byId("states").children) {
    chip.setAttribute("aria-pressed", String(chip.dataset.state === wanted.state));
  }
  byId("direction").setAttribute("aria-pressed", String(wanted.reversed));
  byId("count").textContent = chosen.length === items.length
    ? plural(items.length, "item") : `${number(chosen.length)} of ${plural(items.length, "item")}`;
  byId("empty").hidden = chosen.length > 0;
  fill(chosen);
}

function search() {
  want({ words: byId("search").value.toLowerCase().split(/\s+/).filter(Boolean) });
}

function clear() {
  byId("search").value = "";
  byId("kind").value = "";
  want({ state: "", kind: "", words: [] });
  byId("search").focus();
}

function openLinked() {
  const index = /^#item-(\d+)$/.exec(location.hash)?.[1];
  const item = index && items.find((it) => it.index === Number(index));
  if (item) show(item);
}

const kinds = [...tally("kind").keys()].filter(Boolean).sort();
options(byId("kind"), [["", "All products"], ...kinds.map((kind) => [kind, spaced(kind)])]);
byId("kind-label").hidden = kinds.length < 2;
options(byId("sort"), Object.entries(ORDERS).map(([name, [text]]) => [name, text]));
chips();

let typing;
byId("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 80);
});
byId("kind").addEventListener("change", (event) => want({ kind: event.target.value }));
byId("sort").addEventListener("change", (event) => want({ order: event.target.value }));
byId("direction").addEventListener("click", () => want({ reversed: !wanted.reversed }));
byId("clear").addEventListener("click", clear);
byId("tools").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  const elsewhere = !event.target.closest?.("input, select, dialog");
  if (event.key === "/" && elsewhere && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("search").focus();
  }
});
window.addEventListener("hashchange", openLinked);

byId("tools").hidden = false;
// A browser that comes back to the page has kept what was typed and chosen.
wanted.order = byId("sort").value || "input";
search();
openLinked();
