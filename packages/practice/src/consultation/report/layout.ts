import type { Field, Paragraph, ReportContent, ReportSection } from "./content.ts";
import type { Pen, Style } from "./pen.ts";
import type { TextLine } from "./text-line.ts";

/** NHS Blue and NHS Light Blue (CS-015). */
const blue = "#005EB8";
const lightBlue = "#41B6E6";
const ink = "#212B32";

const a4 = { width: 595.28, height: 841.89 };
const frame = { left: 36, right: a4.width - 36, top: 32, bottom: a4.height - 32 };
const inset = frame.left + 8;
const insetRight = frame.right - 8;
/** Where notes end, above the foot of the page. */
const notesBottom = frame.bottom - 26;
/** Where labels of the left column end and their values begin. */
const leftLabel = frame.left + 92;
const leftValue = leftLabel + 6;
/** The same for the column in the middle of the lower half. */
const middleLabel = frame.left + 336;
/** The same for the right column. */
const rightLabel = frame.right - 96;
const rightValue = rightLabel + 6;
/** The tab stop between a section's title and its notes, the same for each (CS-013). */
const notesTab = frame.left + 140;

const label: Style = { face: "italic", size: 9, colour: ink };
const value: Style = { face: "bold", size: 9 };
const small: Style = { face: "regular", size: 8, colour: ink };
const onBlue = { face: "bold", colour: "#FFFFFF" } as const;
const title: Style = { face: "bold", size: 9.5 };
const text: Record<Paragraph["kind"], Style> = {
  note: { face: "regular", size: 9.5 },
  code: { face: "regular", size: 8.5, colour: "#425563" },
  remark: { face: "italic", size: 9.5, colour: "#425563" },
};

/** Draws a report page by page: gp-connect/pdf-layout, with the patient's details at the head of every page. */
export function drawReport(pen: Pen, content: ReportContent): void {
  let y = startPage(pen, content, true);
  for (const section of content.sections) y = drawSection(pen, content, section, y);
  drawPageNumbers(pen);
}

/** Starts a page and returns where its notes begin. */
function startPage(pen: Pen, content: ReportContent, first: boolean): number {
  pen.doc.addPage();
  let y = first ? drawBanner(pen, content) : frame.top;
  y = drawBand(pen, content, y);
  // A repeated head is for eyes that turned the page; it would only interrupt a listener.
  if (first) {
    y = drawPatient(pen, content, y);
    y = drawOrganisation(pen, content, y);
  } else {
    pen.as("artifact", () => void (y = drawPatient({ ...pen, as: (_, draw) => draw() }, content, y)));
  }
  return drawNotesHeading(pen, content, y, first);
}

function drawBanner(pen: Pen, content: ReportContent): number {
  const bottom = frame.top + 46;
  fill(pen, blue, frame.top, bottom);
  pen.as("artifact", () => {
    pen.line("NHS", { ...onBlue, size: 25, slanted: true }, { x: inset + 6, y: frame.top + 10 });
    const right = { x: insetRight - 4, y: frame.top + 15, align: "right" as const };
    pen.line("GP Connect", { ...onBlue, size: 13, slanted: true }, right);
  });
  const middle = (frame.left + frame.right) / 2;
  pen.as("H1", () => {
    pen.line(content.title, { ...onBlue, size: 14 }, { x: middle, y: frame.top + 10, align: "center" });
  });
  pen.as("P", () => {
    pen.line(
      "- Confidential: personal data -",
      { ...onBlue, size: 8.5 },
      { x: middle, y: frame.top + 28, align: "center" },
    );
  });
  return bottom;
}

/** The page's own number follows once all pages are there. */
function drawBand(pen: Pen, { version, relatedDocuments }: ReportContent, top: number): number {
  const bottom = top + 18;
  fill(pen, lightBlue, top, bottom);
  const y = top + 5;
  pen.as(top === frame.top ? "artifact" : "P", () => {
    pen.line(`Version ${version}`, small, { x: inset + 6, y });
    const middle = (frame.left + frame.right) / 2;
    pen.line(`Number of related documents: ${relatedDocuments}`, small, { x: middle, y, align: "center" });
  });
  return bottom;
}

function drawPatient(pen: Pen, content: ReportContent, top: number): number {
  const y = top + 10;
  const birth = frame.right - 210;
  const width = birth - 30 - leftValue;
  const name = { label: "Patient Name", value: content.patientName };
  const nameBottom = drawField(pen, name, y, { label: leftLabel, width, style: nameStyle(pen, name.value, width) });
  drawField(pen, { label: "DOB", value: content.dateOfBirth }, y + 3, { label: birth, width: 72 });
  drawField(pen, { label: "NHS No", value: content.nhsNumber }, y + 3, { label: rightLabel, width: 90 });

  const below = nameBottom + 5;
  const left = drawFields(pen, content.addresses, below, { label: leftLabel, width: rightLabel - 84 - leftValue });
  const right = drawFields(pen, content.phones, below, { label: rightLabel, width: insetRight - rightValue });
  return Math.max(left, right, below) + 4;
}

/** Larger than the other fields, space permitting (CS-014). */
function nameStyle(pen: Pen, name: string, width: number): Style {
  const styles = [13, 12, 11, 10].map((size): Style => ({ face: "bold", size }));
  return styles.find((style) => pen.wrap(name, style, width).length <= 2) ?? { face: "bold", size: 10 };
}

function drawOrganisation(pen: Pen, { organisation, encounter }: ReportContent, top: number): number {
  pen.as("artifact", () => {
    pen.doc.moveTo(frame.left, top).lineTo(frame.right, top).lineWidth(0.75).stroke("#000000");
  });
  const whole = { label: leftLabel, width: insetRight - leftValue };
  const half = { label: leftLabel, width: middleLabel - 44 - leftValue };
  const other = { label: middleLabel, width: insetRight - middleLabel - 6, labelWidth: 110 };
  let y = top + 7;
  if (organisation !== undefined) {
    pen.as("H2", () => pen.line(organisation.heading, { ...value, size: 9.5 }, { x: inset, y }));
    y += 16;
    y = Math.max(drawFields(pen, organisation.left, y, half), drawFields(pen, organisation.right, y, other));
    y = drawFields(pen, organisation.below, y, whole) + 4;
  }
  const [first, second, third] = encounter;
  const beside = { ...half, width: middleLabel - 104 - leftValue };
  const pairs = first ? drawField(pen, first, y, beside) : y;
  y = Math.max(pairs, second ? drawField(pen, second, y, other) : y);
  return (third ? drawField(pen, third, y, other) : y) + 3;
}

function drawNotesHeading(pen: Pen, { notesHeading }: ReportContent, top: number, first: boolean): number {
  const bottom = top + 18;
  fill(pen, blue, top, bottom);
  pen.as(first ? "H2" : "artifact", () => {
    pen.line(notesHeading, { ...onBlue, size: 11 }, { x: inset, y: top + 3.5 });
  });
  return bottom + 9;
}

/** Title on the left, notes at the tab stop; what does not fit goes on, under the same title, on the next page. */
function drawSection(pen: Pen, content: ReportContent, section: ReportSection, top: number): number {
  let y = top;
  let room = 0;
  const drawTitle = (continued: boolean): void => {
    const words = withColon(section.title + (continued ? " (continued)" : ""));
    const lines = pen.wrap(words, title, notesTab - inset - 12);
    pen.as(continued ? "artifact" : "H3", () => {
      drawBlock(pen, lines, title, { x: inset, y });
    });
    room = y + lines.length * pen.lineHeight(title);
  };

  const start = pen.wrap(withColon(section.title), title, notesTab - inset - 12).length;
  // A title alone at the foot of a page tells nothing: it keeps two lines of its notes.
  if (y + Math.max(start, 2) * pen.lineHeight(title) > notesBottom) y = startPage(pen, content, false);
  drawTitle(false);
  for (const paragraph of section.paragraphs) {
    const style = text[paragraph.kind];
    const height = pen.lineHeight(style);
    let lines = pen.wrap(paragraph.text, style, insetRight - notesTab);
    while (lines.length > 0) {
      const fitting = Math.max(0, Math.floor((notesBottom - y) / height));
      const [here, later] = [lines.slice(0, fitting), lines.slice(fitting)];
      if (here.length > 0) {
        pen.as("P", () => {
          for (const [index, line] of here.entries()) {
            pen.line(line, style, { ...beginning(line, notesTab, insetRight), y: y + index * height });
          }
        });
      }
      y += here.length * height;
      lines = later;
      if (later.length > 0) {
        y = startPage(pen, content, false);
        drawTitle(true);
      }
    }
    y += 3;
  }
  // A carriage return between sections (CS-012).
  return Math.max(y, room) + 10;
}

/** A title that is a question ends as one. */
function withColon(title: string): string {
  return /[?:.!]$/.test(title) ? title : `${title}:`;
}

function drawPageNumbers(pen: Pen): void {
  const { count } = pen.doc.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pen.doc.switchToPage(page);
    const words = `Page ${page + 1} of ${count}`;
    const band = page === 0 ? frame.top + 46 : frame.top;
    pen.as("artifact", () => {
      pen.line(words, small, { x: insetRight - 4, y: band + 5, align: "right" });
      pen.line("Confidential: personal data", small, { x: inset + 6, y: frame.bottom - 16 });
      pen.line(words, small, { x: insetRight - 4, y: frame.bottom - 16, align: "right" });
      const { left, top, right, bottom } = frame;
      pen.doc
        .rect(left, top, right - left, bottom - top)
        .lineWidth(0.75)
        .stroke("#000000");
    });
  }
}

interface Column {
  /** Where labels end; values begin 6 points on. */
  label: number;
  /** Of the values. */
  width: number;
  style?: Style;
  labelWidth?: number;
}

function drawFields(pen: Pen, fields: readonly Field[], top: number, column: Column): number {
  return fields.reduce((y, field) => drawField(pen, field, y, column), top);
}

/** Returns where the next field begins. */
function drawField(pen: Pen, field: Field, y: number, column: Column): number {
  const { label: end, width, style = value, labelWidth = 86 } = column;
  const lines = pen.wrap(field.value, style, width);
  const height = pen.lineHeight(style);
  // The label's foot stands on the line of a larger value.
  const drop = (pen.lineHeight(style) - pen.lineHeight(label)) * 0.75;
  const labels = pen.wrap(`${field.label}: `, label, labelWidth);
  pen.as("P", () => {
    for (const [index, line] of labels.entries()) {
      pen.line(line, label, { x: end, y: y + drop + index * pen.lineHeight(label), align: "right" });
    }
    drawBlock(pen, lines, style, { x: end + 6, y });
  });
  return y + Math.max(lines.length * height, labels.length * pen.lineHeight(label)) + 4;
}

/** Lines that stay at `x`, beside their label: those that run to the left begin at the end of the widest. */
function drawBlock(pen: Pen, lines: readonly TextLine[], style: Style, { x, y }: { x: number; y: number }): void {
  const right = x + Math.max(...lines.map((line) => line.width));
  for (const [index, line] of lines.entries()) {
    pen.line(line, style, { ...beginning(line, x, right), y: y + index * pen.lineHeight(style) });
  }
}

/** Where a line of this column begins. */
function beginning({ rightToLeft }: TextLine, left: number, right: number): { x: number; align: "left" | "right" } {
  return rightToLeft ? { x: right, align: "right" } : { x: left, align: "left" };
}

function fill(pen: Pen, colour: string, top: number, bottom: number): void {
  pen.as("artifact", () => {
    pen.doc.rect(frame.left, top, frame.right - frame.left, bottom - top).fill(colour);
  });
}
