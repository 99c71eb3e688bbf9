// Shows a PDF in the page: each of its pages as a picture with its text over it, for reading aloud, finding and copying.
import { TextLayer } from "../pdfjs/pdf.min.mjs";
import { count, drawForPaper, legibleWidth, mostPixels, openPdf } from "./pdf-paper.js";

/** A PDF of more pages is not printed with the page: they would take too much memory. It is printed by itself. */
const mostPrinted = 10;
const steps = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

for (const place of document.querySelectorAll("[data-pdf]")) void show(place);

async function show(place) {
  const state = place.querySelector("[data-pdf-state]");
  place.querySelector("[data-pdf-tools]").hidden = false;
  state.textContent = "Loading";
  try {
    const pdf = await openPdf(place.dataset.pdf);
    const pages = document.createElement("div");
    pages.className = "app-pdf__pages";
    pages.tabIndex = 0;
    pages.setAttribute("role", "region");
    pages.setAttribute("aria-label", `${place.dataset.pdfTitle}, ${count(pdf.numPages)}`);
    place.append(pages);
    await layOut(place, pages, pdf);
    state.textContent = count(pdf.numPages);
    if (pdf.numPages <= mostPrinted) await addPaper(place, pdf);
  } catch {
    state.textContent = "This PDF cannot be shown here whole. Open or download it instead.";
  }
}

/** Gives every page its place at once, and draws each only when it is about to be seen. */
async function layOut(place, pages, pdf) {
  let zoom = 1;
  const sheets = new Map();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) void draw(sheets.get(target), zoom);
        else clear(sheets.get(target));
      }
    },
    { root: pages, rootMargin: "50%" },
  );

  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const element = document.createElement("div");
    element.className = "app-pdf__page";
    element.dataset.page = String(number);
    sheets.set(element, { element, page, drawn: undefined });
    pages.append(element);
    fit(sheets.get(element), pages, zoom);
    watcher.observe(element);
  }

  const change = (by) => {
    const next = steps[steps.indexOf(zoom) + by];
    if (next === undefined) return;
    zoom = next;
    resize();
  };
  const resize = () => {
    for (const sheet of sheets.values()) {
      fit(sheet, pages, zoom);
      clear(sheet);
      watcher.unobserve(sheet.element);
      watcher.observe(sheet.element);
    }
  };
  place.querySelector("[data-pdf-smaller]").addEventListener("click", () => change(-1));
  place.querySelector("[data-pdf-larger]").addEventListener("click", () => change(1));
  let width = pages.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(pages.clientWidth - width) < 2) return;
    width = pages.clientWidth;
    resize();
  }).observe(pages);
}

/**
 * What is printed is not the box with what happens to be seen of it, but every page whole, drawn beforehand: a browser
 * does not wait for it when a person prints.
 */
async function addPaper(place, pdf) {
  const drawn = await drawForPaper(pdf, legibleWidth);
  if (drawn === undefined) return;
  const paper = document.createElement("div");
  paper.className = "app-pdf__paper";
  paper.setAttribute("aria-hidden", "true");
  paper.append(...drawn);
  place.append(paper);
  place.dataset.pdfPrints = "yes";
}

/** At zoom 1 a page is as wide as its place. */
function fit(sheet, pages, zoom) {
  const natural = sheet.page.getViewport({ scale: 1 });
  const style = getComputedStyle(pages);
  const room = pages.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  sheet.scale = (room / natural.width) * zoom;
  sheet.element.style.width = `${Math.floor(natural.width * sheet.scale)}px`;
  sheet.element.style.height = `${Math.floor(natural.height * sheet.scale)}px`;
}

async function draw(sheet) {
  if (sheet.drawn !== undefined) return;
  const viewport = sheet.page.getViewport({ scale: sheet.scale });
  const fine = Math.min(devicePixelRatio || 1, Math.sqrt(mostPixels / (viewport.width * viewport.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * fine);
  canvas.height = Math.floor(viewport.height * fine);
  // The text over it says the same.
  canvas.setAttribute("aria-hidden", "true");
  const text = document.createElement("div");
  text.className = "textLayer";
  sheet.element.style.setProperty("--total-scale-factor", String(sheet.scale));
  sheet.element.style.setProperty("--scale-round-x", "1px");
  sheet.element.style.setProperty("--scale-round-y", "1px");
  sheet.element.replaceChildren(canvas, text);

  const task = sheet.page.render({ canvas, viewport, transform: [fine, 0, 0, fine, 0, 0] });
  sheet.drawn = task;
  try {
    await task.promise;
    await new TextLayer({ textContentSource: sheet.page.streamTextContent(), container: text, viewport }).render();
    if (sheet.drawn === task) sheet.element.dataset.drawn = "yes";
  } catch {
    // Cancelled because the page has left the screen or its size has changed: it is drawn again when it is seen.
    if (sheet.drawn === task) sheet.drawn = undefined;
  }
}

function clear(sheet) {
  if (sheet.drawn === undefined) return;
  sheet.drawn.cancel();
  sheet.drawn = undefined;
  delete sheet.element.dataset.drawn;
  sheet.element.replaceChildren();
}
