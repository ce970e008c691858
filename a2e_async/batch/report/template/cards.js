// The grid. Only what is near the window is laid out and loaded; the rest is made when there is
// nothing else to do, so that the scrollbar, the browser's own search and printing know all of it.

const FIRST = 60;
const CHUNK = 200;
const LONGEST = 240;
const cards = new Map();
const grid = byId("grid");
const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 16));
let filling = 0;

const films = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    films.unobserve(target);
    target.src = target.dataset.src;
  }
}, { rootMargin: "400px" });

function placeholder(text) {
  return element("span", { className: "placeholder", textContent: text });
}

// What is shown of a file without opening it: its thumbnail, or else the file itself.
function preview(file) {
  if (!file.url || file.size === undefined) return placeholder("File is missing");
  if (file.thumbnail) return picture(file, file.thumbnail);
  if (file.media === "image") return picture(file, file.url);
  if (file.media === "video") return film(file);
  return placeholder(file.media === "audio" ? "Sound" : "File");
}

function picture(file, url) {
  const image = element("img", { alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => {
    const whole = url !== file.url;
    image.replaceWith(whole ? preview({ ...file, thumbnail: undefined }) : placeholder("Damaged"));
  }, { once: true });
  image.src = url;
  return image;
}

function film(file) {
  const video = element("video", { muted: true, preload: "metadata", tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  video.dataset.src = `${file.url}#t=0.1`;
  video.addEventListener("error", () => video.replaceWith(placeholder("Video")), { once: true });
  films.observe(video);
  return video;
}

function frame(item) {
  const [file] = item.files;
  const box = element("div", { className: "frame" });
  if (file) {
    box.append(preview(file));
    if (file.media === "video") {
      const length = file.seconds ? ` ${playtime(file.seconds)}` : "";
      box.append(element("span", { className: "badge", textContent: `▶${length}` }));
    }
    if (item.files.length > 1) {
      const text = `${item.files.length} files`;
      box.append(element("span", { className: "badge more", textContent: text }));
    }
  } else {
    const words = item.error.message ?? item.error.type ?? (item.state === "completed"
      ? "No file" : STATES[item.state]);
    const className = Object.keys(item.error).length ? "message bad" : "message";
    box.append(element("p", { className, dir: "auto", textContent: cut(words) }));
  }
  return box;
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function dimensions(file) {
  return file?.width ? `${file.width} × ${file.height}` : undefined;
}

function brief(item) {
  const parts = [
    dimensions(item.files[0]),
    item.coins === undefined ? undefined : plural(item.coins, "coin"),
    item.seconds === undefined ? undefined : duration(item.seconds),
  ].filter(Boolean);
  // A line breaks between the parts, never within one.
  return parts.flatMap((text, place) => {
    const dot = place < parts.length - 1 ? " ·" : "";
    return [element("span", { className: "part", textContent: text + dot }), " "];
  });
}

function card(item) {
  const known = cards.get(item);
  if (known) return known;
  const title = element("button", {
    type: "button", className: "title", dir: "auto", textContent: cut(nameOf(item)),
  });
  title.setAttribute("aria-haspopup", "dialog");
  // What went well needs no word on every card, but a screen reader has no colours to go by.
  const quiet = item.state === "completed" ? "unseen" : "state";
  const state = element("span", { className: quiet },
    element("span", { className: "dot" }), STATES[item.state]);
  const key = element("bdi", { className: "key", textContent: item.key ?? `#${item.index}` });
  const made = element("li", { className: `card state-${item.state}` },
    frame(item),
    element("h3", {}, title),
    element("p", { className: "line" }, key, state),
    element("p", { className: "brief" }, ...brief(item)));
  made.item = item;
  cards.set(item, made);
  return made;
}

function fill(list) {
  const round = ++filling;
  let done = FIRST;
  grid.replaceChildren(...list.slice(0, FIRST).map(card));
  const more = () => {
    if (round !== filling || done >= list.length) return;
    grid.append(...list.slice(done, done + CHUNK).map(card));
    done += CHUNK;
    idle(more);
  };
  idle(more);
}

// The arrow keys go through the grid as it is seen.
function step(key) {
  const here = document.activeElement.closest?.(".card");
  if (!here) return false;
  const top = grid.firstElementChild.offsetTop;
  const columns = [...grid.children].slice(0, 40).filter((it) => it.offsetTop === top).length;
  const places = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const place = [...grid.children].indexOf(here) + places[key];
  const next = grid.children[place];
  if (!next) return false;
  next.querySelector(".title").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

grid.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
  if (plain && event.key.startsWith("Arrow") && step(event.key)) event.preventDefault();
});
grid.addEventListener("click", (event) => {
  const opened = event.target.closest(".card");
  if (opened) show(opened.item);
});
