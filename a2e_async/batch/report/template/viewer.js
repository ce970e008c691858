// One item, large: its files, and all that is known of it.

const viewer = byId("viewer");
const stage = byId("stage");
let wanted = { state: "", kind: "", words: [], order: "input", reversed: false };
let chosen = [];
let open = null;

function large(file) {
  if (!file.url || file.size === undefined) return placeholder("The file is missing");
  const failed = () => stage.replaceChildren(placeholder("The file cannot be shown"), link(file));
  const properties = { src: file.url };
  if (file.media === "image") {
    const image = element("img", { ...properties, alt: `Result: ${file.name}` });
    image.addEventListener("error", failed, { once: true });
    return image;
  }
  if (file.media !== "video" && file.media !== "audio") return link(file);
  const player = element(file.media, { ...properties, controls: true, preload: "metadata" });
  player.setAttribute("aria-label", `Result: ${file.name}`);
  if (file.width) player.style.setProperty("--ratio", file.width / file.height);
  if (file.thumbnail && file.media === "video") player.poster = file.thumbnail;
  player.addEventListener("error", failed, { once: true });
  return player;
}

function link(file) {
  const name = element("bdi", { textContent: file.name });
  // What is no media is text here: a page among the files is not to be run by a click.
  if (!file.url || file.size === undefined || file.media === "file") return name;
  return element("a", { href: file.url, target: "_blank", rel: "noopener" }, name);
}

function stageFile(item, number) {
  stage.replaceChildren(large(item.files[number]));
  for (const button of byId("strip").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Number(button.dataset.number) === number));
  }
}

function strip(item) {
  const buttons = item.files.length < 2 ? [] : item.files.map((file, number) => {
    const button = element("button", { type: "button" }, preview(file));
    button.setAttribute("aria-label", `File ${number + 1} of ${item.files.length}`);
    button.dataset.number = number;
    button.addEventListener("click", () => stageFile(item, number));
    return element("li", {}, button);
  });
  byId("strip").replaceChildren(...buttons);
  byId("strip").hidden = !buttons.length;
}

function priceOf(item) {
  if (!item.coins_before) return number(item.coins);
  return `${number(item.coins)}, ${number(item.coins_before)} of them for earlier attempts`;
}

function facts(list, pairs) {
  list.replaceChildren(...pairs.filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => element("div", {}, element("dt", { textContent: name }),
      element("dd", { dir: "auto" }, value))));
}

const moment = (at) => (at === undefined ? undefined : exactTimes.format(at * 1000));

function known(item) {
  const files = item.files.map((file) => [
    item.files.length > 1 ? `File ${item.files.indexOf(file) + 1}` : "File",
    element("span", {}, link(file), element("span", { className: "quiet", textContent: [
      "", dimensions(file), file.seconds && playtime(file.seconds),
      file.size === undefined ? "missing" : size(file.size),
    ].filter((part) => part !== undefined).join(" · ").replace(/^ · /, " ") })),
  ]);
  return [
    ["State", STATES[item.state]], ["Key", item.key], ["Index", String(item.index)],
    ["Product", item.kind && spaced(item.kind)],
    ["Coins", item.coins === undefined ? undefined : priceOf(item)],
    ["Took", item.seconds === undefined ? undefined : duration(item.seconds)],
    ["Started", moment(item.started)], ["Ended", moment(item.ended)],
    ...files, ["Job", item.token], ["Task name", item.name],
  ];
}

function trouble(item) {
  const { type, message, status, code } = item.error;
  const box = byId("trouble");
  box.hidden = !type && !message;
  const numbers = [status && `HTTP ${status}`, code && `code ${code}`].filter(Boolean).join(", ");
  box.replaceChildren(
    element("strong", { textContent: [type ?? "Error", numbers].filter(Boolean).join(" · ") }),
    element("p", { dir: "auto", textContent: message ?? "" }));
}

function show(item) {
  open = item;
  const place = chosen.indexOf(item);
  byId("viewer-place").textContent = place < 0
    ? "" : `${number(place + 1)} of ${number(chosen.length)}`;
  byId("previous").disabled = place <= 0;
  byId("next").disabled = place < 0 || place >= chosen.length - 1;
  byId("viewer-title").replaceChildren(
    element("bdi", { textContent: item.key ?? `Item ${item.index}` }));
  byId("prompt").textContent = item.prompt ?? "";
  byId("prompt-block").hidden = item.prompt === undefined;
  trouble(item);
  facts(byId("facts"), known(item));
  facts(byId("settings"), item.settings.map(([name, value]) => [spaced(name), value]));
  byId("settings-block").hidden = !item.settings.length;
  strip(item);
  viewer.classList.toggle("bare", !item.files.length);
  if (item.files.length) stageFile(item, 0);
  else stage.replaceChildren();
  if (!viewer.open) viewer.showModal();
  viewer.querySelector(".story").scrollTop = 0;
  remember(`#item-${item.index}`);
}

function remember(hash) {
  // Some browsers forbid this to a page from the disk; the viewer works all the same.
  try {
    history.replaceState(null, "", hash || location.pathname + location.search);
  } catch {
    return;
  }
}

function move(by) {
  const next = chosen[chosen.indexOf(open) + by];
  if (next) show(next);
}

byId("previous").addEventListener("click", () => move(-1));
byId("next").addEventListener("click", () => move(1));
byId("close").addEventListener("click", () => viewer.close());
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
});
viewer.addEventListener("keydown", (event) => {
  // A player's own keys are the player's.
  const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (modified || event.target.closest("video, audio")) return;
  if (event.key === "ArrowLeft") move(-1);
  if (event.key === "ArrowRight") move(1);
});
viewer.addEventListener("close", () => {
  // The event comes late: somebody quick has opened the next item by then.
  if (viewer.open) return;
  // A film that nobody sees must not go on.
  stage.replaceChildren();
  const shown = cards.get(open);
  if (shown?.isConnected) {
    shown.querySelector(".title").focus({ preventScroll: true });
    shown.scrollIntoView({ block: "nearest" });
  }
  open = null;
  remember("");
});
if (navigator.clipboard) {
  const copy = byId("copy");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(open.prompt);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Not allowed";
    }
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
}
