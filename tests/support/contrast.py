"""How well the texts of a page stand out."""

_CONTRAST = """(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((it) => it / 255)
      .map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (it) => {
    const colour = getComputedStyle(it).backgroundColor;
    return /, 0\\)$/.test(colour) && it.parentElement ? behind(it.parentElement) : colour;
  };
  const worst = [...document.querySelectorAll(SELECTOR)]
    .filter((it) => it.checkVisibility() && it.textContent.trim() && !it.disabled)
    .map((it) => {
      const [one, other] = [light(getComputedStyle(it).color), light(behind(it))];
      return [(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), it.outerHTML];
    });
  return worst.sort(([one], [other]) => one - other)[0];
})()"""


def contrast(selector: str) -> str:
    """Write JavaScript for the least contrast among elements with text, and the worst element."""
    return _CONTRAST.replace("SELECTOR", repr(selector))
