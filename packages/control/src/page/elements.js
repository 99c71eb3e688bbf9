// Making elements. Every text goes in as text, never as markup: what is in messages comes from anybody.

/** `element("a", { href: "/" }, "words", other)`; a name that begins with "on" is a listener. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "className") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

export function button(words, act, properties = {}) {
  return element("button", { type: "button", onclick: act, ...properties }, words);
}

/** @param columns [heading, (row) => text or element, className?] */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) return element("p", { className: "quiet" }, empty);
  const head = element("tr", {}, ...columns.map(([heading]) => element("th", { scope: "col" }, heading)));
  const body = rows.map((row) =>
    element("tr", {}, ...columns.map(([, cell, className]) => element("td", { className }, cell(row) ?? ""))),
  );
  return element(
    "div",
    { className: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", { className: "unseen" }, caption),
      element("thead", {}, head),
      element("tbody", {}, ...body),
    ),
  );
}

/** A time as people read it, with all of it behind. */
export function time(text) {
  if (text === undefined) return "";
  return element("time", { datetime: text, title: text }, text.slice(0, 19).replace("T", " "));
}

export function bytes(count) {
  return count < 1000
    ? `${count} B`
    : count < 1_000_000
      ? `${(count / 1000).toFixed(1)} kB`
      : `${(count / 1e6).toFixed(1)} MB`;
}
