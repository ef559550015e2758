// What the page carries: the graph as JSON, the lock and the SBOM as base64 of their bytes. The
// latter two are not touched before somebody asks for them.

/** The bytes of the lock or the SBOM. */
function embeddedBytes(id) {
  const text = atob(byId(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

let readLock = null;

/** The lock itself, read once: what is shown of a distribution is what can be downloaded. */
function lock() {
  readLock ??= JSON.parse(new TextDecoder().decode(embeddedBytes("lock-bytes")));
  return readLock;
}

/** Hands a file to the browser, byte for byte. */
function download(button) {
  const type = { type: "application/json" };
  const address = URL.createObjectURL(new Blob([embeddedBytes(button.dataset.embedded)], type));
  element("a", { href: address, download: button.dataset.name }).click();
  // The browser reads it after this; a minute is long enough to begin.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  announce(`Downloading ${button.dataset.name}`);
}

function setUpDownloads() {
  for (const button of document.querySelectorAll("button[data-embedded]")) {
    button.addEventListener("click", () => download(button));
  }
}
