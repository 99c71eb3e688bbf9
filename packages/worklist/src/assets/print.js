// A document by itself, to be printed: draws it if it is a PDF, and then opens the browser's own dialogue.
import { count, drawForPaper, legibleWidth, openPdf } from "./pdf-paper.js";

/** Across a sheet of A4, at 200 dots an inch: no browser waits long for it, and paper shows no more of a letter. */
const finestWidth = 1650;
/** All pages are held at once, four bytes a pixel, until they are printed. */
const mostPixelsInAll = 64_000_000;

const place = document.querySelector("[data-print]");
const state = document.querySelector("[data-print-state]");
const paper = document.querySelector("[data-print-paper]");
const again = document.querySelector("[data-print-now]");

again.addEventListener("click", () => print());
void prepare();

async function prepare() {
  state.textContent = "Loading";
  try {
    if (place.dataset.print === "pdf") await layOutPdf();
    else await layOutPicture();
  } catch {
    cannot(
      "This cannot be printed from here. Open it by itself, or download it from the page it came from, and print it there.",
    );
  }
}

async function layOutPdf() {
  const pdf = await openPdf(document.querySelector("[data-print-document]").href);
  // A sheet is less than one and a half times as high as it is wide.
  const width = Math.min(finestWidth, Math.floor(Math.sqrt(mostPixelsInAll / (pdf.numPages * 1.5))));
  const drawn = width < legibleWidth ? undefined : await drawForPaper(pdf, width);
  if (drawn === undefined) {
    cannot(`${count(pdf.numPages)}: too much to be printed from here. Open the PDF by itself, and print it there.`);
    return;
  }
  for (const [index, canvas] of drawn.entries()) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Page ${index + 1} of ${drawn.length}`);
    const sheet = document.createElement("div");
    sheet.className = "app-print__sheet";
    sheet.append(canvas);
    paper.append(sheet);
  }
  ready(count(drawn.length), drawn.every(isWide));
}

async function layOutPicture() {
  const picture = paper.querySelector("img");
  await picture.decode();
  ready("1 picture", isWide({ width: picture.naturalWidth, height: picture.naturalHeight }));
}

function isWide({ width, height }) {
  return width > height;
}

/** Sheets of one print lie all one way: browsers differ in what they do with others. */
function ready(what, wide) {
  place.classList.add("app-print--ready");
  place.classList.toggle("app-print--wide", wide);
  state.textContent = what;
  again.hidden = false;
  print();
}

function cannot(why) {
  place.classList.remove("app-print--ready");
  state.textContent = why;
}
