// Elements without markup: nothing that anybody wrote is ever parsed as HTML.
const el = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
};

const SHAPES = {
  talk: "M21 12a8 8 0 0 1-8 8H4l2.2-3.1A8 8 0 1 1 21 12z M9 12h.01 M13 12h.01 M17 12h.01",
  close: "M6 6l12 12 M18 6L6 18",
  down: "M6 9l6 6 6-6",
  send: "M12 19V5 M5 12l7-7 7 7",
  fresh: "M20 11a8 8 0 1 0-2.3 6.3 M20 5v6h-6",
  up: "M7 11v9H4v-9h3zm0 0l4-8a2.5 2.5 0 0 1 2.5 2.8L13 9h5.5a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7",
  copy: "M9 9h11v11H9z M5 15H4V4h11v1",
  tick: "M5 12l5 5 9-10",
  off: "M12 8v5 M12 16.5h.01 M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20a7.5 7.5 0 0 1 15 0",
};
const icon = (name, kind = "") => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  if (kind) svg.setAttribute("class", kind);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  if (kind === "flip") path.setAttribute("transform", "rotate(180 12 12)");
  svg.append(path);
  return svg;
};
const iconButton = (name, label, onclick, kind = "") =>
  el("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick }, icon(name, kind));

const safeUrl = (text) => {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
};
const link = (href, ...children) => el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);

// Text with its links and its citations [n]; `cite(n)` makes the button of a citation, or null.
const rich = (text, cite = () => null) => {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(/\[(\d{1,2})\]|https?:\/\/[^\s<>"'“”]+[^\s<>"'“”.,;:!?)\]]/g)) {
    const made = found[1] ? cite(Number(found[1])) : safeUrl(found[0]) && link(safeUrl(found[0]), found[0]);
    if (!made) continue;
    const before = text.slice(last, found.index);
    parts.push(found[1] ? before.replace(/ $/, "\u00a0") : before, made); // a number stays with its sentence
    last = found.index + found[0].length;
  }
  parts.push(text.slice(last));
  return parts;
};
