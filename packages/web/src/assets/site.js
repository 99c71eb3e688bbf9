// Runs on every page: the design system's own components, and the page keeping itself up to date, or saying that it is not.
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
const state = document.querySelector("[data-updates-state]");
const stale = document.querySelector("[data-updates-stale-text]");
/** The system is not waited for longer than this. */
const patienceMs = 10_000;
let paused = readPaused();
let waitMs = everyMs;
/** What the page shows is of this moment. */
let knownAt = new Date();
let failing = false;
/** A part of it is not, for as long as text in it is marked. */
let kept = false;

// What was just done has been said once: who comes back to this page, or loads it anew, has not done it again.
if (document.body.dataset.refresh === undefined && new URLSearchParams(location.search).has("done")) {
  history.replaceState(null, "", pageAddress());
}

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

// The audit has who prints. The browser prints whatever is answered, and also where nothing is.
addEventListener("beforeprint", () => {
  const form = document.querySelector("[data-printed]");
  if (form === null) return;
  const body = new URLSearchParams(new FormData(form));
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => undefined);
});

async function again() {
  if (!paused && !document.hidden) await update();
  setTimeout(again, waitMs);
}

/** Asks for this page again and puts its live parts in place of the old ones where they differ. */
async function update() {
  const askedAt = new Date();
  try {
    const answer = await fetch(pageAddress(), {
      // The server is told that no person asks: a page that is left open keeps nobody signed in.
      headers: { accept: "text/html", "x-restante-update": "1" },
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    // Nobody is signed in here any more, or they may not see it: what the page shows is taken from the screen.
    if (answer.type === "opaqueredirect" || answer.status === 403) return location.reload();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    const isWhole = replaceAll(Array.from(fresh.querySelectorAll("[data-live][id]")).filter(differs));
    renewTokens(fresh);
    waitMs = everyMs;
    if (isWhole) knownAt = askedAt;
    showFailing(false, "");
    showKept(!isWhole);
  } catch (error) {
    waitMs = Math.min(waitMs * 2, slowestMs);
    const answered = error instanceof Error && error.message.startsWith("status ");
    showFailing(true, answered ? "The system answers with an error." : "The system does not answer.");
  }
}

/**
 * Says that the page is not up to date, and since when, as soon as that is so; once, for who hears it read out. Says when
 * it is again.
 */
function showFailing(now, why) {
  if (now === failing) return;
  failing = now;
  showState();
  stale.replaceChildren();
  if (now) {
    const text = document.createElement("p");
    text.textContent = `This page is not up to date: it shows what was known at ${clockTime(knownAt)}. ${why} It is asked again by itself; if this goes on, tell support.`;
    stale.append(text);
  } else {
    said.textContent = "This page is up to date again.";
  }
}

/** What a person has marked may be marked for hours, and what is new not be shown: that is said. */
function showKept(now) {
  if (now === kept) return;
  kept = now;
  showState();
  said.textContent = kept ? state.textContent : "This page is up to date again.";
}

/** A system that has been started again takes no form that was shown before. */
function renewTokens(fresh) {
  const tokens = new Map();
  for (const form of fresh.querySelectorAll("form[action]")) {
    tokens.set(form.getAttribute("action"), form.querySelector('input[name="token"]')?.value);
  }
  for (const form of document.querySelectorAll("form[action]")) {
    const token = tokens.get(form.getAttribute("action"));
    const field = form.querySelector('input[name="token"]');
    if (token && field) field.value = token;
  }
}

/** By the clocks of the United Kingdom, as all times here; with the day where that is another. */
function clockTime(moment) {
  const words = (at, options) => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", ...options }).format(at);
  const day = (at) => words(at, { day: "numeric", month: "long" });
  const clock = words(moment, { hour: "numeric", minute: "2-digit", second: "2-digit", hour12: true });
  const time = clock.replace(/\s(am|pm)$/i, (_, half) => half.toLowerCase());
  return day(moment) === day(new Date()) ? time : `${day(moment)} at ${time}`;
}

/** Without what a form had just done, which has been said once. A page that answers a form says where it is found. */
function pageAddress() {
  const address = new URL(document.body.dataset.refresh ?? location.href, location.href);
  address.searchParams.delete("done");
  address.searchParams.delete("item");
  address.hash = "";
  return address;
}

function differs(part) {
  const old = document.getElementById(part.id);
  return old !== null && withoutTokens(old) !== withoutTokens(part);
}

/**
 * False if something new is not shown. Text that a person has marked is not taken from under their hands. A form says of which version of a thing its page is, so
 * while any part is kept as it was, so are those with a form: what is done by it is done to what the person sees.
 */
function replaceAll(parts) {
  const isKept = parts.some(isMarked);
  for (const part of parts) {
    const withForm = part.querySelector("form") ?? document.getElementById(part.id).querySelector("form");
    if (!isMarked(part) && !(isKept && withForm)) replace(part);
  }
  return !isKept;
}

function isMarked({ id }) {
  const selection = getSelection();
  const old = document.getElementById(id);
  return selection?.isCollapsed === false && selection.containsNode(old, true) && old.textContent.trim() !== "";
}

function replace(part) {
  const old = document.getElementById(part.id);
  const focused = old.contains(document.activeElement) ? placeOf(document.activeElement) : undefined;
  const written = [...old.querySelectorAll('input[type="text"][id]')].map(({ id, value }) => ({ id, value }));
  const ticked = [...old.querySelectorAll('input[type="checkbox"][id]')].filter(({ checked }) => checked);
  const adopted = document.adoptNode(part);
  old.replaceWith(adopted);
  initAll({ scope: adopted });
  // What a person is writing goes on in the new part.
  for (const { id, value } of written) {
    const field = adopted.querySelector(`#${CSS.escape(id)}`);
    if (field !== null) field.value = value;
  }
  // So does what they have ticked, for as long as it is there.
  for (const { id } of ticked) {
    const box = adopted.querySelector(`#${CSS.escape(id)}`);
    if (box !== null) box.checked = true;
  }
  if (focused !== undefined) adopted.querySelector(focused)?.focus({ preventScroll: true });
  if (adopted.dataset.liveSaid && said !== null) said.textContent = `Updated. ${adopted.dataset.liveSaid}`;
}

/** By what the same thing is found in the new part; undefined for what has nothing of its own to be found by. */
function placeOf(element) {
  if (element.id !== "") return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  if (href !== null) return `[href="${CSS.escape(href)}"]`;
  const action = element.closest("form")?.getAttribute("action");
  return action === undefined ? undefined : `form[action="${CSS.escape(action)}"] button`;
}

function withoutTokens(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll('input[name="token"]')) token.remove();
  return copy.outerHTML;
}

function showPaused() {
  toggle.setAttribute("aria-pressed", String(paused));
  toggle.textContent = paused ? "Resume updates" : "Pause updates";
  showState();
}

function showState() {
  if (paused) state.textContent = `Updates are paused. This page shows what was known at ${clockTime(knownAt)}.`;
  else if (failing) state.textContent = "This page is not up to date.";
  else if (kept) {
    state.textContent = `Text on this page is marked. Until it is not, the page shows what was known at ${clockTime(knownAt)}.`;
  } else state.textContent = "This page keeps itself up to date.";
}

function readPaused() {
  try {
    return localStorage.getItem(pausedKey) === "yes";
  } catch {
    return false;
  }
}
