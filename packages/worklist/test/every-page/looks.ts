// What is asked of every page, whatever it shows.

import assert from "node:assert/strict";
import { waitFor } from "@restante/testbed";
import type { Page } from "playwright-core";
import { menuFolded } from "../../../web/test/accessible.ts";
import { organisation } from "../sample-worklist.ts";

export interface Frame {
  readonly title: string;
  readonly heading: string;
  /** The texts of the error summary. */
  readonly errors: readonly string[];
}

/** Its title, its parts, and, where something was refused or done, that this is said first. */
export async function lookAtFrame(page: Page, { bare = false }: { bare?: boolean } = {}): Promise<Frame> {
  let seen = await page.evaluate<Seen>(frame);
  if (seen.announced !== undefined) {
    // A browser gives the focus with a frame that it draws, which may come after the page is there.
    const what = "what was done or refused to have the focus";
    await waitFor(async () => (seen = await page.evaluate<Seen>(frame)).announced?.focused, { what });
  }
  assert.equal(seen.lang, "en-GB");
  assert.equal(seen.headings.length, 1, `one heading of the first order: ${seen.headings.join(" | ")}`);
  const around = bare ? 0 : 1;
  assert.deepEqual(seen.landmarks, { banner: around, main: 1, contentinfo: around });
  assert.ok(seen.title.endsWith(` – ${organisation.name}`), seen.title);
  assert.equal(seen.title.startsWith("Error: "), seen.errors.length > 0, `${seen.title}: ${seen.errors.join(" | ")}`);
  assert.deepEqual(seen.deadLinks, [], "links of the page lead to what is on it");
  if (seen.announced !== undefined) {
    assert.equal(seen.announced.role, "alert");
    assert.ok(seen.announced.focused, "what was done or refused has the focus");
  }
  return { title: seen.title, heading: seen.headings[0] ?? "", errors: seen.errors };
}

interface Seen {
  readonly lang: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly landmarks: { readonly banner: number; readonly main: number; readonly contentinfo: number };
  readonly errors: readonly string[];
  readonly deadLinks: readonly string[];
  readonly announced?: { readonly role: string; readonly focused: boolean };
}

const frame = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (element) => element.textContent.replace(/\\s+/g, " ").trim();
  const announced = document.querySelector(".nhsuk-error-summary, .nhsuk-notification-banner");
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: all("h1").map(text),
    landmarks: { banner: all("body > header, [role=banner]").length, main: all("main").length, contentinfo: all("body > footer, [role=contentinfo]").length },
    errors: all(".nhsuk-error-summary__list li").map(text),
    deadLinks: all('a[href^="#"]').map((link) => link.getAttribute("href")).filter((href) => !document.getElementById(href.slice(1))),
    ...(announced && {
      announced: {
        role: (announced.closest("[role=alert]") ?? announced.querySelector("[role=alert]"))?.getAttribute("role"),
        focused: announced.contains(document.activeElement),
      },
    }),
  };
})()`;

/** Nothing lies beside the page: also at 320 px, which is 1280 px at 400 % (WCAG 2.2, 1.4.10). */
export async function lookAtWidth(page: Page): Promise<void> {
  // What sticks out may be a text alone, whose element does not.
  const beside = await page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [document.documentElement.scrollWidth + " px", ...[...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 100)).slice(-3)]`);
  assert.deepEqual(beside, [], "has to be scrolled sideways");
}

interface Reached {
  readonly order: readonly number[];
  readonly unseen: readonly string[];
  readonly all: readonly string[];
}

/** By the Tab key alone everything is reached that can be used, in the order of the page, and it is seen where one is. */
export async function lookAtKeyboard(page: Page): Promise<void> {
  await menuFolded(page);
  const count = await page.evaluate<number>(tabStops);
  // What scrolls, and each part of a date, is a stop of the browser's own: a few more.
  await Promise.all(Array.from({ length: count + 12 }, () => page.keyboard.press("Tab")));
  const { order, unseen, all } = await page.evaluate<Reached>("window.reached()");
  const wrong = all.findIndex((_, index) => order[index] !== index);
  assert.equal(wrong === -1 ? "" : `${all[wrong]} after ${all[wrong - 1]}, and not ${all[order[wrong] ?? -1]}`, "");
  assert.deepEqual(unseen, [], "where the keyboard is cannot be seen");
}

/** Of radio buttons of one name one is a stop: the arrow keys go to the others. */
const tabStops = `(() => {
  // The page is not to keep itself up to date meanwhile: what has the focus would be another.
  for (let timer = setTimeout(() => undefined); timer > 0; timer -= 1) clearTimeout(timer);
  const groups = new Set();
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((one) => {
    if (one.tabIndex < 0 || one.disabled || one.type === "hidden" || !one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.type !== "radio") return true;
    const group = one.form?.getAttribute("action") + " " + one.name;
    const chosen = document.querySelector('input[type=radio][name="' + one.name + '"]:checked');
    if (groups.has(group) || (chosen && chosen.form === one.form && chosen !== one)) return false;
    groups.add(group);
    return true;
  });
  const order = [];
  const unseen = [];
  document.activeElement?.blur();
  getSelection().removeAllRanges();
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  const listener = ({ target }) => {
    if (!stops.includes(target)) return;
    order.push(stops.indexOf(target));
    const mark = target.type === "radio" || target.type === "checkbox" ? target.nextElementSibling : target;
    const looks = [getComputedStyle(target), getComputedStyle(mark), getComputedStyle(mark, "::before")];
    const isSeen = looks.some(({ outlineStyle, outlineWidth, boxShadow }) =>
      (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none");
    if (!isSeen) unseen.push(target.outerHTML.slice(0, 120));
  };
  document.addEventListener("focusin", listener);
  window.reached = () => {
    document.removeEventListener("focusin", listener);
    return { order, unseen, all: stops.map((one, index) => index + " " + one.outerHTML.slice(0, 120)) };
  };
  return stops.length;
})()`;

/**
 * Where a person has colours of their own (Windows' contrast themes) backgrounds and shadows are gone: what means something is told
 * by words, lines or pictures.
 */
export async function lookAtForcedColours(page: Page): Promise<void> {
  await page.emulateMedia({ forcedColors: "active" });
  const lost = await page.evaluate<string[]>(lostInForcedColours);
  await page.emulateMedia({ forcedColors: null });
  assert.deepEqual(lost, [], "cannot be seen in forced colours");
}

const lostInForcedColours = `(() => {
  const lined = ({ borderTopWidth, borderBottomWidth, borderLeftWidth, outlineStyle, outlineWidth }) =>
    [borderTopWidth, borderBottomWidth, borderLeftWidth].some((width) => parseFloat(width) > 0) ||
    (outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
  const marks = ".nhsuk-button, .nhsuk-input, .nhsuk-select, .nhsuk-textarea, .nhsuk-notification-banner, .nhsuk-error-summary, " +
    ".nhsuk-tag, .app-timeline__entry, .app-answer, .nhsuk-inset-text, .app-troubles, .app-filters__list a[aria-current]";
  const seen = (one) => [null, "::before", "::after"].some((part) => lined(getComputedStyle(one, part)));
  return [...document.querySelectorAll(marks)]
    .filter((one) => one.checkVisibility() && !seen(one))
    .map((one) => one.outerHTML.slice(0, 120));
})()`;
