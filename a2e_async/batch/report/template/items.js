// The items, and which of them are wanted in which order.

const items = JSON.parse(byId("data").textContent);
for (const [place, item] of items.entries()) {
  item.place = place;
  item.files ??= [];
  item.error ??= {};
  item.settings ??= [];
  if (item.started !== undefined && item.ended !== undefined) {
    item.seconds = Math.max(0, item.ended - item.started);
  }
  item.bytes = item.files.reduce((sum, file) => sum + (file.size ?? 0), 0) || undefined;
}

const ORDERS = {
  input: ["Input order", (item) => item.place],
  ended: ["Finished last", (item) => item.ended, true],
  seconds: ["Slowest", (item) => item.seconds, true],
  coins: ["Most coins", (item) => item.coins, true],
  bytes: ["Largest files", (item) => item.bytes, true],
  prompt: ["Prompt, A to Z", (item) => nameOf(item).toLowerCase()],
  key: ["Key, A to Z", (item) => item.key?.toLowerCase()],
};

const collator = new Intl.Collator("en", { numeric: true });

function nameOf(item) {
  return item.prompt ?? item.key ?? `Item ${item.index}`;
}

function textOf(item) {
  // Made once for each item, when somebody first searches.
  item.text ??= [
    item.index, item.key, item.kind, item.prompt, item.name, item.token,
    ...Object.values(item.error), ...item.files.map((file) => file.name), ...item.settings.flat(),
  ].filter((part) => part !== undefined).join("\n").toLowerCase();
  return item.text;
}

function matches(item, wanted) {
  return (!wanted.state || item.state === wanted.state)
    && (!wanted.kind || item.kind === wanted.kind)
    && wanted.words.every((word) => textOf(item).includes(word));
}

function compare(one, other) {
  return typeof one === "number" ? one - other : collator.compare(one, other);
}

function choose(wanted) {
  const [, value, descending = false] = ORDERS[wanted.order];
  const turn = descending !== wanted.reversed ? -1 : 1;
  const found = items.filter((item) => matches(item, wanted)).map((item) => [value(item), item]);
  // What has no such value comes last, in either direction.
  found.sort(([one, a], [other, b]) => {
    if (one === undefined || other === undefined) {
      return (one === undefined) - (other === undefined) || a.place - b.place;
    }
    return turn * compare(one, other) || a.place - b.place;
  });
  return found.map(([, item]) => item);
}
