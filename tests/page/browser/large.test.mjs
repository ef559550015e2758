// A thousand distributions in twenty environments are there at once; five thousand still open.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPage } from "./harness.mjs";

/** What is promised of a thousand distributions in twenty environments, in milliseconds. */
const PROMISED = 2000;
/** The best of these counts: a busy machine must not fail the test. */
const LOADS = 5;

test("a thousand distributions are interactive in two seconds", async () => {
  let best = Infinity;
  for (let load = 0; load < LOADS && best >= PROMISED / 2; load += 1) {
    await withPage("large", {}, async (page) => {
      const took = await page.evaluate(() => performance.getEntriesByName("vhb-interactive")[0].startTime);
      best = Math.min(best, took);
    });
  }
  console.log(`interactive after ${Math.round(best)} ms`);
  assert.ok(best < PROMISED, `${best} ms`);
});

for (const [name, distributions] of [["large", 1000], ["huge", 5000]]) {
  test(`${distributions} distributions are searched, opened and scrolled`, () =>
    withPage(name, {}, async (page) => {
      const rows = page.locator("#tree [role=treeitem]");
      assert.equal(await rows.count(), 20, "twenty environments, closed");
      await page.fill("#query", "package-0999");
      const all = distributions.toLocaleString("en");
      assert.equal(await page.locator("#matching").innerText(), `1 of ${all} distributions match`);
      await page.locator("#tree .name", { hasText: "package-0999" }).first().click();
      assert.equal(await page.locator("#details h3").innerText(), "package-0999 1.999.0");
      await page.fill("#query", "");
      await page.check("[name=direction][value=up]");
      await page.locator("#tree [tabindex='0']").focus();
      await page.keyboard.press("End");
      const last = `package-${String(distributions - 1).padStart(4, "0")}`;
      await page.locator("#tree .name", { hasText: last }).waitFor();
      assert.ok(await rows.count() < 100, "only what is in sight is in the document");
      await page.keyboard.press("*");
      await page.keyboard.press("Home");
      assert.ok(await rows.count() < 100);
      const frames = await page.evaluate(async () => {
        const tree = document.getElementById("tree");
        const took = [];
        for (let at = 0; at < 60; at += 1) {
          const begun = performance.now();
          tree.scrollTop = at * 997;
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          took.push(performance.now() - begun);
        }
        return took.sort((a, b) => a - b);
      });
      // The best third: what else the machine does is not the page's fault.
      const quick = frames[Math.floor(frames.length / 3)];
      console.log(`${name}: ${quick.toFixed(1)} ms for two frames while scrolling`);
      assert.ok(quick < 100, `${quick} ms`);
    }));
}
