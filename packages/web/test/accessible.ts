import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** WCAG 2.2, 2.5.8: 24 by 24 CSS pixels; a link in a sentence may be as small as its line, and what is unseen has no size. */
const smallTargets = `[...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")]
  .filter((target) => {
    if (!target.checkVisibility() || target.closest(".nhsuk-skip-link, .nhsuk-radios, footer")) return false;
    const alone = target.parentElement.textContent.trim() === target.textContent.trim();
    if (!alone && getComputedStyle(target).display === "inline") return false;
    const { width, height } = target.getBoundingClientRect();
    return width < 24 || height < 24;
  })
  .map((target) => target.outerHTML.slice(0, 120))`;

/** The menu of the page's head folds what has no room in the frame after a new width, and once more in the one after that. */
export async function menuFolded(page: Page): Promise<void> {
  for (let frame = 0; frame < 3; frame += 1) await page.evaluate("new Promise(requestAnimationFrame)");
}

/** At the width of a desk, of a phone, and of the narrowest frame that WCAG 2.2 asks for (1.4.10). */
export async function assertAccessible(page: Page, widths: readonly number[] = [1280, 390, 320]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await menuFolded(page);
    await assertNothingFound(page);
    const tooWide = await page.evaluate(`document.documentElement.scrollWidth > innerWidth`);
    assert.ok(!tooWide, `${width} px have to be scrolled sideways`);
  }
  assert.deepEqual(await page.evaluate(smallTargets), [], "too small to be hit at 320 px");
}

interface Found {
  readonly violations: readonly { readonly id: string; readonly at: readonly string[] }[];
  /** How many rules hold. */
  readonly passes: number;
}

export async function assertNothingFound(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // Half a megabyte of script: read once a page.
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(axe);
  // What is asked for alone is carried out of the browser: of what passes, axe tells of every element on the page.
  const { violations, passes } = await page.evaluate<Found>(
    `axe.run(document, ${JSON.stringify({ runOnly: tags, resultTypes: ["violations"], selectors: false })}).then(({ violations, passes }) => ({
      violations: violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) })),
      passes: passes.length,
    }))`,
  );
  assert.deepEqual(violations, []);
  assert.ok(passes > 20);
}
