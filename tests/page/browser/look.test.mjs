// For everybody's eyes, ears and fingers, and on paper.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axe, withPage } from "./harness.mjs";

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const LIGHT = "rgb(255, 255, 255)";
const DARK = "rgb(21, 24, 28)";

for (const colorScheme of ["light", "dark"]) {
  for (const name of ["everything", "dev"]) {
    test(`axe finds nothing serious in ${name}, ${colorScheme}`, () =>
      withPage(name, { colorScheme }, async (page) => {
        await page.locator("#tree .name", { hasText: "numeric" }).first().click();
        for (const details of await page.locator("details").all()) {
          await details.evaluate((element) => { element.open = true; });
        }
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        const serious = violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join("\n")}`);
        assert.deepEqual(serious, []);
      }));
  }
}

test("the theme follows the system, and can be chosen", () =>
  withPage("everything", { colorScheme: "dark" }, async (page) => {
    assert.equal(await background(page), DARK);
    await page.getByRole("radio", { name: "Light" }).check({ force: true });
    assert.equal(await background(page), LIGHT);
    await page.getByRole("radio", { name: "System" }).check({ force: true });
    assert.equal(await background(page), DARK);
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal(await background(page), LIGHT);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await background(page), DARK, "the radios are reached by keys");
  }));

test("a narrow screen scrolls in one direction", () =>
  withPage("everything", { viewport: { width: 360, height: 740 } }, async (page) => {
    await page.locator("#tree .name", { hasText: "numeric" }).first().click();
    const [there, room] = await page.evaluate(() =>
      [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(there <= room, `${there} > ${room}`);
  }));

test("whoever wants less motion gets none", () =>
  withPage("everything", { reducedMotion: "reduce" }, async (page) => {
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
  }));

test("on paper everything is open, digests are whole, and there is nothing to press", () =>
  withPage("everything", { colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    assert.equal(await background(page), LIGHT);
    assert.equal(await page.locator("button:visible, input:visible, select:visible, nav:visible").count(), 0);
    assert.equal(await page.locator("details:not([open])").count(), 0);
    const text = await page.locator("main").innerText();
    for (const there of [`sha256:${"c".repeat(64)}`, `sha256:${"d".repeat(64)}`, "model.safetensors", "demo.Cer"]) {
      assert.ok(text.includes(there), there);
    }
    const cut = await page.locator(".digest").evaluateAll((digests) =>
      digests.filter((digest) => digest.scrollWidth > digest.clientWidth + 1 && digest.clientWidth > 0).length);
    assert.equal(cut, 0);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    assert.ok(await page.locator("details:not([open])").count() > 0);
    const paper = await page.pdf({ format: "A4" });
    assert.ok(paper.length > 10_000);
  }));

test("a lock of dev mode says that it is not publishable", () =>
  withPage("dev", {}, async (page) => {
    assert.match(await page.locator("#glance .notice").innerText(), /^Not publishable/);
    assert.match(await page.locator("#verification .notice").innerText(), /^Nothing was verified/);
  }));
