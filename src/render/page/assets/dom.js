// Elements, and the text in them. What the lock says reaches the document here alone: as text,
// never as HTML.

/** A text without what turns its direction around or is no character at all. */
function visible(text) {
  return String(text)
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, (control) =>
      String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** An element with attributes and children; texts among these are made visible. */
function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) {
      made.setAttribute(name, visible(value));
    }
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : visible(child));
  }
  return made;
}

/** Something as it is written in files. */
function code(...children) {
  return element("code", {}, ...children);
}

/** What matters less than what stands beside it. */
function aside(...children) {
  return element("span", { class: "aside" }, ...children);
}

/** The element of an id; the page is made so that it is there. */
function byId(id) {
  return document.getElementById(id);
}

/** Says something to screen readers. */
function announce(text) {
  byId("announcements").textContent = visible(text);
}

/** `1 file`, `2 files`. */
function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
