// A lock by somebody who wants to run something in the reader's browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { beside, withPage } from "./harness.mjs";

/** All that can be read now, which nothing turns around. */
async function readable(page) {
  const text = await page.locator("body").innerText();
  assert.ok(!/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text), text);
  return text;
}

test("its names are shown and do nothing", () => withPage("hostile", {}, async (page) => {
  // Everything is opened and every distribution shown, so that all texts have been in the document.
  for (const details of await page.locator("details").all()) {
    await details.evaluate((element) => { element.open = true; });
  }
  let text = await readable(page);
  await page.check("[name=direction][value=up]");
  for (let at = 0; at < await page.locator("#tree .name").count(); at += 1) {
    await page.locator("#tree .name").nth(at).click();
    text += await readable(page);
  }
  for (const field of ["Author", "Repository", "Licence"]) {
    assert.match(text, new RegExp(`${field}\\s+</script><img src=x`), field);
  }
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("img, iframe, object, script[src], link").count(), 0);
  assert.equal(await page.locator("a:not([href^='#'])").count(), 0);
  const [there, room] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(there <= room, "10,000 characters do not widen the page");
  const height = await page.evaluate(() => document.querySelector("h1").getBoundingClientRect().height);
  assert.ok(height < 500, `a name of 10,000 characters is ${height} pixels high`);
}));

test("its files come out unchanged", () => withPage("hostile", {}, async (page) => {
  const waiting = page.waitForEvent("download");
  await page.locator("button[data-embedded=lock-bytes]").click();
  const download = await waiting;
  assert.ok(!/[/\\]/.test(download.suggestedFilename()), download.suggestedFilename());
  assert.deepEqual(readFileSync(await download.path()), beside("hostile.lock.json"));
}));
