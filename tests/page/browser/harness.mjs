// A browser with a page of the test, that tells everything that goes wrong.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../npm/package.json", import.meta.url));
const { chromium } = require("playwright-core");

/** The text of axe, which checks what assistive technology is told. */
export const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.VHB_CHROMIUM, args: FLAGS });
});
after(() => browser.close());

/** A file beside the pages. */
export function beside(name) {
  return readFileSync(join(process.env.VHB_PAGES, name));
}

/**
 * Opens a page, lets the test use it, and fails if it asked for anything, complained, or broke.
 * `options` are those of a browser context, and the `complaints` in the console that are meant.
 */
export async function withPage(name, { complaints = /^$/, ...options }, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const address = pathToFileURL(join(process.env.VHB_PAGES, `${name}.html`)).href;
  const faults = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url === address) return route.continue();
    faults.push(`asked for ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (!complaints.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
  try {
    await page.goto(address);
    await use(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** The names in the rows of the tree that are in the document, from top to bottom. */
export function rowNames(page) {
  return page.locator("#tree [role=treeitem] .name").allTextContents();
}
