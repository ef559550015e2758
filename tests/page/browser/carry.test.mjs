// What the page carries: its files, its policy, and nothing from anywhere else.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { beside, withPage } from "./harness.mjs";

for (const [label, name] of [["Lock", "exp.lock.json"], ["SBOM (CycloneDX 1.6)", "exp.cdx.json"]]) {
  test(`${label} comes out byte for byte`, () => withPage("everything", {}, async (page) => {
    const waiting = page.waitForEvent("download");
    await page.getByRole("row", { name: label }).getByRole("button", { name: "Download" }).click();
    const download = await waiting;
    assert.equal(download.suggestedFilename(), name);
    const there = beside(name.replace("exp", "everything"));
    assert.deepEqual(readFileSync(await download.path()), there);
  }));
}

test("digests are shown short and copied whole", () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  return withPage("everything", { permissions }, async (page) => {
    const row = page.locator("#glance .facts > div", { hasText: "Lock" }).last();
    const shown = await page.locator("#glance .digest").first().innerText();
    assert.match(shown, /^sha256:[0-9a-f]{12}$/);
    await row.page().locator("#glance button.copy").first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^sha256:[0-9a-f]{64}$/);
    assert.ok(copied.startsWith(shown));
    assert.match(await page.locator("#announcements").innerText(), /^Copied sha256:/);
  });
});

test("a browser without a clipboard copies from a selection", () => withPage("everything", {}, async (page) => {
  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.addEventListener("copy", () => { window.taken = document.activeElement.value; });
  });
  await page.locator("#glance button.copy").first().click();
  assert.match(await page.evaluate(() => window.taken), /^sha256:[0-9a-f]{64}$/);
}));

/** What Chromium says of what the policy stopped. */
const STOPPED = /Content Security Policy|This document requires 'Trusted/;

test("the policy stops every other script, style and picture, and text that wants to be HTML", () =>
  withPage("everything", { complaints: STOPPED }, async (page) => {
    const stopped = await page.evaluate(() => new Promise((resolve) => {
      const stoppedBy = new Set();
      document.addEventListener("securitypolicyviolation", (event) => stoppedBy.add(event.effectiveDirective));
      const refused = [];
      const attempt = (what) => {
        try { what(); } catch (error) { refused.push(error.name); }
      };
      const append = (tag, fill) => {
        const made = document.createElement(tag);
        fill(made);
        document.body.append(made);
      };
      attempt(() => append("p", (made) => { made.innerHTML = "<b>x</b>"; }));
      attempt(() => append("script", (made) => { made.src = "https://elsewhere.example/x.js"; }));
      attempt(() => append("style", (made) => { made.textContent = "body { display: none }"; }));
      attempt(() => append("img", (made) => { made.src = "https://elsewhere.example/x.png"; }));
      attempt(() => append("p", (made) => { made.setAttribute("style", "color: red"); }));
      setTimeout(() => resolve({ refused, stoppedBy: [...stoppedBy].sort() }), 300);
    }));
    assert.deepEqual(stopped.refused, ["TypeError", "TypeError"]);
    assert.deepEqual(stopped.stoppedBy, [
      "img-src", "require-trusted-types-for", "style-src-attr", "style-src-elem",
    ]);
    assert.ok(await page.locator("body").isVisible());
  }));

test("a script of another digest does not run", () => withPage("changed", { complaints: STOPPED }, async (page) => {
  assert.equal(await page.evaluate(() => document.documentElement.className), "");
  assert.match(await page.locator("#verification").innerText(), /Nothing was verified/);
}));

test("nothing is read of the embedded files before somebody asks", () => withPage("everything", {}, async (page) => {
  const before = await page.evaluate(() => {
    const reads = [];
    const decode = window.atob;
    window.atob = (text) => { reads.push(text.length); return decode(text); };
    window.reads = reads;
    return reads.length;
  });
  assert.equal(before, 0);
  await page.fill("#query", "numeric");
  assert.equal(await page.evaluate(() => window.reads.length), 0);
  await page.locator("#tree .name", { hasText: "numeric" }).first().click();
  assert.equal(await page.evaluate(() => window.reads.length), 1);
}));

test("without scripts everything but the graph is there", () =>
  withPage("everything", { javaScriptEnabled: false }, async (page) => {
    const text = await page.locator("main").textContent();
    for (const there of [
      "Verdict: drift", "git-ref-moved", "lock again", "not asked", "none named", "unresolved",
      `sha256:${"c".repeat(64)}`, "12,345,678 bytes", "The graph needs scripts", "yanked", "nothing 1.0",
    ]) assert.ok(text.includes(there), `no ${there} in ${text}`);
    assert.ok(await page.locator("#narrow").isHidden());
    assert.equal(await page.getByRole("button").count(), 0);
  }));
