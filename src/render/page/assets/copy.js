// Digests: shown short, copied whole.

/** How many characters of a digest's digits are shown. */
const SHOWN = 12;

/** A digest as the page shows it everywhere; the server-made ones look the same. */
function digest(text) {
  const digits = text.lastIndexOf(":") + 1 + SHOWN;
  const rest = element("span", { class: "rest" }, text.slice(digits));
  const whole = element("code", { class: "digest" }, text.slice(0, digits), rest);
  return element("span", { class: "copied" }, whole, copyButton(whole));
}

function copyButton(there) {
  const whole = there.textContent;
  const name = whole.slice(0, whole.lastIndexOf(":") + 1 + SHOWN);
  return element("button", {
    type: "button",
    class: "copy",
    "aria-label": `Copy ${name}…`,
    click: (event) => copyFrom(event.currentTarget, whole),
  }, "copy");
}

async function copyFrom(button, text) {
  const done = await copied(text);
  announce(done ? `Copied ${text}` : "The browser did not allow to copy; select the text instead");
  button.textContent = done ? "copied" : "refused";
  setTimeout(() => { button.textContent = "copy"; }, 1500);
}

/** Puts a text on the clipboard; older browsers want it selected first. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Gives every digest that came with the page its button. */
function setUpCopying() {
  for (const there of document.querySelectorAll(".copied > code.digest")) {
    there.after(copyButton(there));
  }
}
