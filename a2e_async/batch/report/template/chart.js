// The chart's tooltips, and its times in the reader's own time zone.

for (const time of document.querySelectorAll("time")) {
  time.textContent = times.format(new Date(time.dateTime));
}
for (const label of document.querySelectorAll(".plot text[data-at]")) {
  const form = label.dataset.seconds === "1" ? exactClocks : clocks;
  label.textContent = form.format(Number(label.dataset.at) * 1000);
}

function tooltips(plot) {
  const crosshair = byId("crosshair");
  const tip = element("div", { className: "tip", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  const spots = [...plot.querySelectorAll(".spot")].map((spot) => {
    // The browser's own tooltip would come on top.
    const words = spot.querySelector("title").textContent.split(": ")[1];
    spot.replaceChildren();
    return [exactClocks.format(Number(spot.dataset.at) * 1000), ...words.split(", ")];
  });
  const hide = () => {
    tip.hidden = true;
    crosshair.setAttribute("visibility", "hidden");
  };
  plot.append(tip);
  plot.addEventListener("pointermove", (event) => {
    const { left, width } = plot.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const [at, ...lines] = spots[Math.min(spots.length - 1, Math.floor(share * spots.length))];
    tip.replaceChildren(element("strong", { textContent: at }),
      ...lines.map((line) => element("span", { textContent: line })));
    tip.hidden = false;
    const x = Math.min(width - tip.offsetWidth, Math.max(0, share * width + 12));
    const covered = x < share * width;
    tip.style.left = `${covered ? Math.max(0, share * width - tip.offsetWidth - 12) : x}px`;
    for (const end of ["x1", "x2"]) crosshair.setAttribute(end, `${100 * share}%`);
    crosshair.setAttribute("visibility", "visible");
  });
  plot.addEventListener("pointerleave", hide);
}

if (byId("plot")) tooltips(byId("plot"));
