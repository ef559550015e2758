// Searching, filtering and walking the graph.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rowNames, withPage } from "./harness.mjs";

const LINUX = "inference-x86_64-11111111";
const MACOS = "inference-arm64-22222222";
const DIRECT = "report-x86_64-33333333";

const explore = (what, use) => test(what, () => withPage("everything", {}, use));

/** The name of the row that has the focus. */
const focused = (page) => page.evaluate(() =>
  document.activeElement.closest("[role=treeitem]")?.querySelector(".name").textContent ?? null);

const keys = async (page, ...names) => {
  for (const name of names) await page.keyboard.press(name);
};

explore("few environments are open, with their roots", async (page) => {
  assert.deepEqual(await rowNames(page), [
    MACOS, "numeric", "plugin", LINUX, "numeric", "plugin", DIRECT, "numeric", "packages/tool",
  ]);
  assert.match(await page.locator("#tree").innerText(), /direct sources only/);
  assert.match(await page.locator("#tree").innerText(), /what it requires is not locked/);
});

explore("a search shows the ways to what matches, and says how much does", async (page) => {
  await page.fill("#query", "backport");
  assert.deepEqual(await rowNames(page), [LINUX, "numeric", "backport", "plugin"]);
  assert.equal(await page.locator("#matching").innerText(), "1 of 4 distributions match");
  await page.fill("#query", "no-such-thing");
  assert.deepEqual(await rowNames(page), []);
  assert.ok(await page.locator("#nothing").isVisible());
  await page.getByRole("button", { name: "Reset" }).click();
  await page.waitForFunction(() => document.querySelectorAll("#tree [role=treeitem]").length === 9);
  assert.equal(await page.locator("#matching").innerText(), "4 distributions");
});

explore("names are searched for as indexes compare them", async (page) => {
  await page.fill("#query", "NUMERIC_fast");
  assert.equal(await page.locator("#matching").innerText(), "1 of 4 distributions match");
});

explore("filters narrow down by environment, stage, relation, source and marks", async (page) => {
  const count = () => page.locator("#matching").innerText();
  for (const [select, value, matching] of [
    ["#environment", MACOS, "3 distributions"],
    ["#stage", "report", "1 distribution"],
    ["#relation", "direct", "2 of 4 distributions match"],
    ["#relation", "closure", "2 of 4 distributions match"],
    ["#kind", "git", "1 of 4 distributions match"],
  ]) {
    await page.selectOption(select, value);
    assert.equal(await count(), matching, `${select} ${value}`);
    await page.selectOption(select, "");
  }
  await page.check("[name=yanked]");
  assert.equal(await count(), "1 of 4 distributions match");
  await page.uncheck("[name=yanked]");
  await page.check("[name=unlicensed]");
  assert.equal(await count(), "2 of 4 distributions match");
});

explore("upwards, a distribution leads to what requires it and to the registry", async (page) => {
  await page.check("[name=direction][value=up]");
  assert.deepEqual(await rowNames(page), ["backport", "nothing", "numeric", "plugin"]);
  await page.locator("#tree [role=treeitem] .twisty").first().click();
  assert.deepEqual((await rowNames(page)).slice(0, 2), ["backport", "numeric"]);
  await page.locator("#tree [role=treeitem] .twisty").nth(1).click();
  const names = await rowNames(page);
  assert.deepEqual(names.slice(0, 4), ["backport", "numeric", "packages/numeric_fast", "plugin"]);
});

explore("a way holds only in the environments of all its edges", async (page) => {
  // `backport` is required on Linux alone: on macOS nothing leads there, whoever requires numeric.
  await page.selectOption("#environment", MACOS);
  await page.fill("#query", "backport");
  assert.deepEqual(await rowNames(page), []);
});

explore("keys walk the tree", async (page) => {
  await page.locator("#tree [tabindex='0']").focus();
  assert.equal(await focused(page), MACOS);
  await keys(page, "ArrowDown", "ArrowRight", "ArrowRight");
  assert.equal(await focused(page), "nothing");
  await keys(page, "ArrowLeft");
  assert.equal(await focused(page), "numeric");
  await keys(page, "ArrowLeft");
  assert.equal(await page.locator("#tree [tabindex='0']").getAttribute("aria-expanded"), "false");
  await keys(page, "End");
  assert.equal(await focused(page), "packages/tool");
  await keys(page, "Home", "p");
  assert.equal(await focused(page), "plugin");
  await keys(page, "Home");
  await page.evaluate(() => {
    // At once, for what is typed slowly is more than one word.
    for (const key of "inference-x") {
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
  });
  assert.equal(await focused(page), LINUX);
  await keys(page, "*", "ArrowDown", "Enter");
  assert.equal(await page.locator("#details h3").innerText(), "numeric 1.5");
  assert.equal(await focused(page), "numeric");
  assert.equal(await page.locator("#tree [tabindex='0']").count(), 1);
  const item = page.locator("#tree [tabindex='0']");
  assert.deepEqual(
    await item.evaluate((row) => [row.ariaLevel, row.ariaSetSize, row.ariaPosInSet]),
    ["2", "2", "1"]);
});

explore("Tab reaches and leaves the tree in one step each", async (page) => {
  await page.getByRole("button", { name: "Reset" }).focus();
  await keys(page, "Tab");
  assert.equal(await focused(page), MACOS);
  await keys(page, "Tab");
  assert.equal(await focused(page), null);
});

explore("the details tell all of a distribution, and lead on", async (page) => {
  await page.fill("#query", "nothing");
  await page.locator("#tree .name", { hasText: "nothing" }).first().click();
  const details = page.locator("#details");
  const text = await details.innerText();
  for (const there of [
    "nothing 1.0", "yanked broken", "not declared", "not recorded", "nothing-1.0-py3-none-any.whl",
    "installed", "packages/numeric_fast", "nothing; extra == 'fast'",
  ]) assert.ok(text.includes(there), `${there} in ${text}`);
  await details.getByRole("button", { name: "Show numeric==1.5" }).click();
  assert.equal(await details.locator("h3").innerText(), "numeric 1.5");
  await details.getByRole("button", { name: "Show backport==2.0" }).focus();
  await keys(page, "Enter");
  assert.equal(await details.locator("h3").innerText(), "backport 2.0");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "backport 2.0");
  assert.match(await details.innerText(), /in 1 environment|inference-x86_64/);
});

test("the way that is told is the shortest, from a run on", () => withPage("receipts", {}, async (page) => {
  await page.fill("#query", "click");
  await page.locator("#tree .name", { hasText: "click" }).click();
  const steps = await page.locator("#details .way li").allInnerTexts();
  assert.deepEqual(steps, [
    "runs/receipts_clean_v1 and 1 other run",
    "metrics names metrics/cer",
    "package names packages/jiwer",
    "installs jiwer==4.0.0",
    "requires click>=8.1.8: click==8.5.0",
  ]);
}));

test("what belongs to an extra was brought in by who asked for the extra", () => withPage("extras", {}, async (page) => {
  await page.fill("#query", "backport");
  await page.locator("#tree .name", { hasText: "backport" }).click();
  const steps = await page.locator("#details .way li").allInnerTexts();
  assert.deepEqual(steps, [
    "packages/zz",
    "installs zz==1",
    "requires middle: middle==1",
    "requires numeric[all]: numeric==1.5",
    "requires backport; extra == 'fast' and sys_platform == 'linux': backport==2.0",
  ]);
  await page.fill("#query", "numeric");
  await page.locator("#tree .name", { hasText: "numeric" }).first().click();
  assert.equal((await page.locator("#details .way li").allInnerTexts())[0], "packages/aa");
}));
