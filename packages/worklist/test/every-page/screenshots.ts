// npm run screenshots -- FOLDER [WORDS]: a picture of every page in every state, wide and narrow, and the paper where it matters. With
// WORDS only those whose names have them.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { menuFolded } from "../../../web/test/accessible.ts";
import { openBrowser } from "../../../web/test/browser.ts";
import { everyPage } from "./open.ts";
import { states } from "./states.ts";

const [, , folder, words = ""] = process.argv;
if (folder === undefined) {
  process.stderr.write("Where are the pictures to be written? npm run screenshots -- FOLDER\n");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const ends: (() => unknown)[] = [];
const context = {
  after: (end: () => unknown) => void ends.push(end),
  skip: (why: string) => process.stderr.write(`${why}\n`),
};
try {
  const browser = await openBrowser(context as Pick<TestContext, "after" | "skip"> as TestContext);
  if (browser === undefined) process.exitCode = 1;
  else {
    const shown = everyPage(context, browser, true);
    for (const state of states.filter(({ name }) => name.includes(words))) {
      await shown.show(state, async (page) => {
        const file = join(folder, state.name.replaceAll(" ", "-"));
        for (const width of [1280, 320]) {
          await page.setViewportSize({ width, height: 900 });
          await menuFolded(page);
          await page.screenshot({ path: `${file}-${width}.png`, fullPage: true });
        }
        if (state.printed) await page.pdf({ path: `${file}.pdf`, format: "A4" });
      });
      process.stdout.write(`${state.name}\n`);
    }
  }
} finally {
  for (const end of ends.toReversed()) await end();
}
