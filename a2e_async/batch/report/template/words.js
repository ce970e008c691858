// Numbers and times for people, and elements without any HTML in a string: rows are untrusted.

const STATES = {
  completed: "Completed",
  failed: "Failed",
  uncertain: "Uncertain",
  running: "Under way",
  planned: "Not started",
  unknown: "Unknown",
};

const byId = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const times = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const exactTimes = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exactClocks = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

const number = (value) => numbers.format(value);
const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
const spaced = (name) => name.replaceAll("_", " ");

function size(bytes) {
  for (const unit of ["B", "kB", "MB"]) {
    if (bytes < 1000) return `${bytes.toFixed(unit === "B" ? 0 : 1)} ${unit}`;
    bytes /= 1000;
  }
  return `${bytes.toFixed(1)} GB`;
}

function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  const whole = Math.round(seconds);
  const pair = (unit, name, small, smallName) => {
    const rest = Math.floor((whole % unit) / small);
    return `${Math.floor(whole / unit)} ${name}${rest ? ` ${rest} ${smallName}` : ""}`;
  };
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(60, "min", 1, "s");
  return whole < 86400 ? pair(3600, "h", 60, "min") : pair(86400, "d", 3600, "h");
}

// The length of a film, as players write it.
function playtime(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
