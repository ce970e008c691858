// The page: a form that orders, and a gallery that follows server-sent events. All texts get into
// the page as text, never as HTML.

const byId = (id) => document.getElementById(id);
const form = byId("form");
const gallery = byId("gallery");
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const RETRY = 1000;

const STATES = {
  waiting: "in line", running: "begun", done: "ready", failed: "failed", cancelled: "cancelled",
};

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// --- the form ---------------------------------------------------------------------------------

// Made once for each order, and sent with every attempt: an order that comes twice is carried out
// once. Other fields make another order.
let order = null;
let sending = false;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function chosen(name) {
  return form.elements[name].value;
}

function showFields() {
  const video = chosen("kind") === "video";
  for (const part of form.querySelectorAll(".for-video")) part.hidden = !video;
  for (const part of form.querySelectorAll(".for-picture")) part.hidden = video;
}

function clearErrors() {
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function showError(field, message) {
  const place = byId(`${field}-error`) ?? byId("trouble");
  place.textContent = message;
  place.hidden = false;
  const input = field && byId(field);
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  (input.matches("fieldset") ? input.querySelector(":checked") : input).focus();
}

async function refusal(answer) {
  try {
    return await answer.json();
  } catch {
    return { field: null, message: "The server could not do this. Please try again." };
  }
}

async function ask(method, url, body) {
  const answer = await fetch(url, { method, body });
  if (!answer.ok) throw Object.assign(new Error("refused"), await refusal(answer));
  return answer;
}

async function sendOrder(id, prompt) {
  const [picture] = byId("picture").files;
  const kind = chosen("kind");
  if (kind === "video" && picture) await ask("PUT", `/api/cards/${id}/picture`, picture);
  const fields = { id, kind, prompt };
  if (kind === "video") fields.seconds = Number(chosen("seconds"));
  else fields.size = chosen("size");
  const answer = await ask("POST", "/api/cards", JSON.stringify(fields));
  return answer.json();
}

async function submit() {
  if (sending) return;
  sending = true;
  byId("send").setAttribute("aria-disabled", "true");
  clearErrors();
  order ??= newId();
  const prompt = byId("prompt").value;
  try {
    const card = await sendOrder(order, prompt);
    order = null;
    // An event may have told of it, and of more, before this answer was here.
    if (!cards.has(card.id)) show(card);
    // What was written meanwhile is the next order.
    if (byId("prompt").value === prompt) byId("prompt").value = "";
  } catch (error) {
    const lost = "The server does not answer. Try again: nothing is made twice.";
    if (error instanceof TypeError) showError(null, lost);
    else showError(error.field, error.message);
  } finally {
    sending = false;
    byId("send").removeAttribute("aria-disabled");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
// The second click of a double click, which may come when the first has had its answer.
byId("send").addEventListener("click", (event) => {
  if (event.detail > 1) event.preventDefault();
});
form.addEventListener("input", () => {
  order = null;
});
form.addEventListener("change", showFields);
byId("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
byId("picture").addEventListener("change", () => {
  const [picture] = byId("picture").files;
  const preview = byId("preview");
  URL.revokeObjectURL(preview.src);
  preview.hidden = !picture;
  if (picture) preview.src = URL.createObjectURL(picture);
});
showFields();

// --- the gallery ------------------------------------------------------------------------------

const cards = new Map();

function icon(...shapes) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  for (const shape of shapes) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", shape);
    drawing.append(path);
  }
  return drawing;
}

function inside(card) {
  if (card.state === "done") return card.files.map((name) => media(card, name));
  if (card.state === "failed") return [icon("M12 7v6M12 16.5v.5", "M12 3l9.5 17h-19z")];
  if (card.state === "cancelled") return [icon("M5 5l14 14M19 5L5 19")];
  if (card.state === "waiting" && card.position !== null) {
    const small = element("small", { textContent: "in line" });
    return [element("span", { className: "number", ariaHidden: "true" }, `${card.position}`, small)];
  }
  return [icon("M4 4h16v16H4z", "m4 17 5-5 3.5 3.5L15 13l5 5"), ...bar(card)];
}

function bar(card) {
  if (card.state !== "running" || card.progress === null) return [];
  const done = element("progress", { max: 100, value: card.progress });
  done.setAttribute("aria-label", `Progress of ${card.title}`);
  return [done];
}

function media(card, name) {
  const url = `/files/${card.id}/${encodeURIComponent(name)}`;
  if (/\.(mp4|webm|mov)$/.test(name)) {
    // The fragment has the first frame shown, where the page would be black otherwise.
    const film = element("video", { src: `${url}#t=0.1`, controls: true, preload: "metadata" });
    film.setAttribute("aria-label", card.title);
    return film;
  }
  const image = element("img", { src: url, alt: card.title, loading: "lazy", decoding: "async" });
  return element("a", { href: url, target: "_blank", rel: "noopener" }, image);
}

function timeOf(card) {
  const when = new Date(card.created * 1000);
  const today = when.toDateString() === new Date().toDateString();
  const textContent = today ? times.format(when) : dates.format(when);
  return element("time", { dateTime: when.toISOString(), textContent });
}

function actions(card) {
  const time = timeOf(card);
  if (card.state === "done") {
    const [name] = card.files;
    const url = `/files/${card.id}/${encodeURIComponent(name)}`;
    const link = element("a", { href: url, download: name, textContent: "Download" });
    link.setAttribute("aria-label", `Download ${card.title}`);
    return [time, link];
  }
  if (card.state !== "waiting") return [time];
  const button = element("button", { type: "button", textContent: "Cancel" });
  button.setAttribute("aria-label", `Cancel ${card.title}`);
  button.addEventListener("click", () => cancel(card));
  return [time, button];
}

async function cancel(card) {
  try {
    const answer = await ask("POST", `/api/cards/${card.id}/cancel`);
    const { cancelled } = await answer.json();
    if (!cancelled) tell(`It is too late to cancel ${card.title}.`);
  } catch {
    tell("The server does not answer. Please try again.");
  }
}

function tell(text) {
  byId("news").textContent = text;
}

// What has not changed is left alone, so that a film goes on playing and the focus stays.
function update(item, card) {
  const before = item.card;
  item.card = card;
  item.className = `card ${card.state}`;
  item.querySelector(".state").textContent = card.text;
  const frame = item.querySelector(".frame");
  const done = frame.querySelector("progress");
  if (done && card.progress !== null && card.state === "running") done.value = card.progress;
  else frame.replaceChildren(...inside(card));
  if (before?.state === card.state) return;
  const focused = item.contains(document.activeElement);
  item.querySelector(".foot").replaceChildren(...actions(card));
  if (focused) item.focus();
}

function show(card) {
  let item = cards.get(card.id);
  if (item && JSON.stringify(item.card) === JSON.stringify(card)) return;
  const news = !item || item.card.state !== card.state;
  if (!item) {
    item = element("li", { tabIndex: -1 },
      element("div", { className: "frame" }),
      element("div", { className: "words" },
        element("h3", { textContent: card.title, dir: "auto" }),
        element("p", { className: "state" }),
        element("div", { className: "foot" })));
    cards.set(card.id, item);
    const next = [...gallery.children].find((it) => it.card.created < card.created);
    gallery.insertBefore(item, next ?? null);
  }
  update(item, card);
  byId("empty").hidden = true;
  if (news) tell(`${card.title}: ${STATES[card.state]}.`);
}

// --- the events -------------------------------------------------------------------------------

function connected(yes) {
  byId("connection").textContent = yes ? "" : "Connecting …";
}

function listen() {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => connected(true));
  source.addEventListener("cards", ({ data }) => {
    const told = JSON.parse(data).sort((one, other) => one.created - other.created);
    told.forEach(show);
    byId("empty").hidden = told.length > 0;
  });
  source.addEventListener("card", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("error", () => {
    connected(false);
    // A browser connects again by itself, but gives up after an answer that is no stream, such as
    // that of a proxy whose back end is just restarting.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
  });
}

listen();
