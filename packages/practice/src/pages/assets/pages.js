// Runs on every page: the design system's own components, and the page keeping itself up to date.
import { initAll } from "../nhsuk/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

/** How often the page is asked for again; slower while it cannot be had. Nothing is asked for while nobody looks. */
const everyMs = 5_000;
const slowestMs = 60_000;
const pausedKey = "restante-updates-paused";

const live = document.querySelector("[data-updates-live]");
const toggle = document.querySelector("[data-updates-toggle]");
const said = document.querySelector("[data-updates-said]");
let paused = readPaused();
let waitMs = everyMs;

if (live !== null && toggle !== null) {
  live.hidden = false;
  document.querySelector("[data-updates-manual]").hidden = true;
  showPaused();
  toggle.addEventListener("click", () => {
    paused = !paused;
    localStorage.setItem(pausedKey, paused ? "yes" : "");
    showPaused();
    if (!paused) void update();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !paused) void update();
  });
  setTimeout(again, waitMs);
}

async function again() {
  if (!paused && !document.hidden) await update();
  setTimeout(again, waitMs);
}

/** Asks for this page again and puts its live parts in place of the old ones where they differ. */
async function update() {
  try {
    const answer = await fetch(pageAddress(), { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    for (const part of fresh.querySelectorAll("[data-live][id]")) replace(part);
    waitMs = everyMs;
  } catch {
    waitMs = Math.min(waitMs * 2, slowestMs);
  }
}

/** Without what a form had just done, which has been said once. */
function pageAddress() {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.hash = "";
  return address;
}

function replace(part) {
  const old = document.getElementById(part.id);
  if (old === null || withoutTokens(old) === withoutTokens(part)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  // A form that a person is filling in, or text that they have marked, is not taken from under their hands.
  if (focused !== null && focused.closest("form") !== null) return;
  if (old.contains(getSelection()?.anchorNode ?? null) && !getSelection().isCollapsed) return;

  const adopted = document.adoptNode(part);
  old.replaceWith(adopted);
  const href = focused?.getAttribute("href");
  if (href) adopted.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
  if (adopted.dataset.liveSaid && said !== null) said.textContent = `Updated. ${adopted.dataset.liveSaid}`;
}

function withoutTokens(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll('input[name="token"]')) token.remove();
  return copy.outerHTML;
}

function showPaused() {
  toggle.setAttribute("aria-pressed", String(paused));
  toggle.textContent = paused ? "Resume updates" : "Pause updates";
  live.firstChild.textContent = paused ? "Updates are paused. " : "This page keeps itself up to date. ";
}

function readPaused() {
  try {
    return localStorage.getItem(pausedKey) === "yes";
  } catch {
    return false;
  }
}
