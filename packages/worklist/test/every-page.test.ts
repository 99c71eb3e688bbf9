import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, assertNothingFound } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { lookAtForcedColours, lookAtFrame, lookAtKeyboard, lookAtWidth } from "./every-page/looks.ts";
import { type EveryPage, everyPage } from "./every-page/open.ts";
import type { PageState, SiteName } from "./every-page/page-state.ts";
import { noPages, states } from "./every-page/states.ts";

test("every page in every state can be used by everybody, with and without scripts", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const [withScripts, without] = [everyPage(t, browser, true), everyPage(t, browser, false)];

  await t.test("every route is in the list of states", async () => {
    const listed = new Set([...states.flatMap(({ routes }) => routes), ...noPages]);
    const sites: SiteName[] = ["usual", "saving", "issuer", "codes", "computer"];
    const served = (await Promise.all(sites.map((site) => withScripts.routes(site)))).flat();
    const names = new Set(
      served
        .filter(({ method, access }) => method !== "HEAD" && access.opensTo === undefined)
        .map(({ method, url }) => `${method} ${url}`),
    );
    assert.deepEqual(
      [...names].filter((name) => !listed.has(name)),
      [],
      "add a line to every-page/states.ts",
    );
    assert.deepEqual(
      [...listed].filter((name) => !names.has(name)),
      [],
      "there is no such route",
    );
    assert.equal(new Set(states.map(({ name }) => name)).size, states.length);
  });

  await t.test("with scripts and without", async () => {
    const wrong: string[] = [];
    const every = async (
      shown: EveryPage,
      how: string,
      some: readonly PageState[],
      look: (page: Page, state: PageState) => Promise<void>,
    ): Promise<void> => {
      for (const state of some) {
        try {
          await shown.show(state, (page) => look(page, state));
        } catch (error) {
          wrong.push(`${how}, ${state.name}: ${(error as Error).message.slice(0, 2000)}`);
        }
      }
    };
    await Promise.all([
      every(withScripts, "with scripts", states, async (page, state) => {
        await lookAtFrame(page, state);
        await lookAtKeyboard(page);
        await unfold(page);
        await lookAtForcedColours(page);
        // Wide and narrow pages differ in their frames and tables alone.
        if (state.printed) await assertNothingFound(page);
        await assertAccessible(page, [320]);
      }),
      // What differs in what it shows alone differs so with scripts too.
      every(
        without,
        "without scripts",
        states.filter((state) => state.steps !== undefined || isFirst(state)),
        async (page, state) => {
          // The least room in which a table is no list yet, and the least that there may be.
          await page.setViewportSize({ width: 770, height: 640 });
          await lookAtWidth(page);
          await page.setViewportSize({ width: 320, height: 640 });
          await lookAtFrame(page, state);
          await lookAtWidth(page);
        },
      ),
    ]);
    assert.equal(wrong.join("\n"), "");
  });
});

async function unfold(page: Page): Promise<void> {
  await page.evaluate(`document.querySelectorAll("details").forEach((it) => it.setAttribute("open", ""))`);
}

/** Of its route. */
function isFirst(state: PageState): boolean {
  return states.find(({ routes }) => routes[0] === state.routes[0]) === state;
}
