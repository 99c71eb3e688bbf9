import {
  type Bundle,
  type CheckOptions,
  consultationSummary,
  genericDocument,
  infrastructureResponse,
  messageOf,
  onlineConsultation,
} from "@restante/itk3";
import { consultation, genericInput, receipt } from "../consultation.ts";
import { first, type Message } from "./addition.ts";

/** What a rule guesses at, and the least thing beside it at which it does not. */
export interface GuessCase {
  id: string;
  /** What is found. */
  text: RegExp;
  guessed: readonly Guessed[];
  sure: readonly Guessed[];
}

export type Guessed = readonly [what: string, bundle: Bundle, options?: CheckOptions];

const picture =
  '<div xmlns="http://www.w3.org/1999/xhtml"><img src="data:image/png;base64,iVBORw0KGgo=" alt="x"/><p> </p></div>';
const type = (code: string): object => ({
  type: { coding: [{ system: "http://snomed.info/sct", code, display: "x" }] },
});

function changed({ bundle }: { bundle: Bundle }, change: (message: Message) => void): Bundle {
  const copy = structuredClone(bundle);
  const message = messageOf(copy);
  if (message === undefined) throw new Error("There is no message.");
  change(message);
  return copy;
}

/** The narrative of the first section is this. */
function showing(div: string): (message: Message) => void {
  return ({ composition }) =>
    void Object.assign(composition?.section?.[0] ?? {}, { text: { status: "generated", div } });
}

function titled(built: { bundle: Bundle }, title: string, other: object = {}): Bundle {
  return changed(built, ({ composition }) => void Object.assign(composition ?? {}, { title }, other));
}

const summary = consultationSummary(consultation());
const second = consultationSummary(consultation({ generation: 2 }));
const online = onlineConsultation(consultation({ generation: 2 }));
const generic = genericDocument(genericInput({ generation: 2 }));

const reportOf = (content: string): { bundle: Bundle } =>
  genericDocument(genericInput({ report: { contentType: "application/pdf", bytes: Buffer.from(content, "latin1") } }));
const inLines = (bundle: Bundle): Bundle =>
  changed({ bundle }, ({ document }) => {
    for (const { resource } of document?.entry ?? []) {
      if (resource?.resourceType === "Binary") resource.content = resource.content?.replaceAll(/.{7}/g, "$&\n") ?? "";
    }
  });
const photograph = changed(generic, (message) => {
  const content = Buffer.from("\u0089PNG\r\n\u001A\n", "latin1").toString("base64");
  void Object.assign(first(message, "Binary") ?? {}, { contentType: "image/png", content });
});
const image = "/Type/XObject/Subtype/Image";

const subject = (value: string): CheckOptions => ({ envelope: { subject: value } });
const answer = infrastructureResponse(receipt());

const named = (from: string, to: string): CheckOptions => subject(summary.envelope.subject.replace(from, to));
const inText = (from: string, to: string): Bundle =>
  changed(summary, ({ composition }) => {
    const { text } = composition ?? {};
    if (text?.div !== undefined) text.div = text.div.replace(from, to);
  });

export const guessCases: readonly GuessCase[] = [
  {
    id: "Send-Document:use-case",
    text: /as many say one as say another/,
    guessed: [
      [
        "title and type at odds",
        titled(second, "Consultation report", { text: undefined, ...type("149951000000107") }),
      ],
      ["title and text at odds", titled(second, "Online consultation report")],
    ],
    sure: [
      ["one title of three wrong", titled(summary, "Online consultation report")],
      ["the use case named", titled(second, "Online consultation report"), { useCase: "consultation-summary" }],
    ],
  },
  {
    id: "Send-Document:use-case",
    text: /Nothing but its title or its text/,
    guessed: [
      ["the title alone", titled(second, "Consultation report", { text: undefined })],
      ["a title of a generic document alone", titled(generic, "Letter", { text: undefined })],
      [
        "nothing at all",
        changed(
          second,
          ({ composition }) => void Object.assign(composition ?? {}, { title: undefined, text: undefined }),
        ),
      ],
    ],
    sure: [
      ["title and text", second.bundle],
      ["type alone", titled(online, "Letter", { text: undefined })],
      ["title and text of a generic document", generic.bundle],
    ],
  },
  {
    id: "Send-Document:picture",
    text: /^The report may be a picture/,
    guessed: [
      ["a PDF of pictures without a font", reportOf(`%PDF-1.4 ${image}`).bundle],
      ["the same with spaces", reportOf("%PDF-1.4 /Type /XObject /Subtype /Image").bundle],
      ["a generic document that is a picture", photograph],
      ["a PDF of pictures, its base64 in lines", inLines(reportOf(`%PDF-1.4 ${image}`).bundle)],
    ],
    sure: [
      ["a PDF with a font", reportOf(`%PDF-1.4 ${image} /Type/Font`).bundle],
      ["a PDF of which a part is compressed", reportOf(`%PDF-1.5 ${image} /Type/ObjStm`).bundle],
      ["a PDF without pictures", reportOf("%PDF-1.4 report").bundle],
      ["a picture beside the report", summary.bundle],
    ],
  },
  {
    id: "Send-Document:picture",
    text: /^A narrative holds pictures/,
    guessed: [
      ["a section", changed(summary, showing(picture))],
      ["a picture of a whole page", changed(summary, showing(picture.replace("iVBORw0KGgo=", "AAAA".repeat(50_000))))],
    ],
    sure: [["a section with words too", changed(summary, showing(picture.replace("<p> ", "<p>Rash")))]],
  },
  {
    id: "ITK-Response:subject",
    text: /may name a patient/,
    guessed: [
      ["the subject of the document", answer.bundle, subject(summary.envelope.subject)],
      ["an NHS number", answer.bundle, subject("About 900 000 0009")],
    ],
    sure: [
      ["a plain subject", answer.bundle, subject("Infrastructure response")],
      ["the document itself", summary.bundle, { envelope: summary.envelope }],
    ],
  },
  {
    id: "GPCM-SD-CS-065",
    text: /may name another patient or practice/,
    guessed: [
      ["another family name", summary.bundle, named("O'Łukasz-Ampère", "Smith")],
      ["a practice in other words", summary.bundle, named("Northgate Surgery", "The Northgate Surgery")],
    ],
    sure: [
      ["the names of the document", summary.bundle, named("x", "x")],
      ["another NHS number", summary.bundle, named("9000000009", "9000000017")],
    ],
  },
  {
    id: "GPCM-SD-CS-023",
    text: /may name another patient or practice/,
    guessed: [
      ["another family name", inText("O'Łukasz-Ampère", "Smith")],
      ["a practice in other words", inText("Northgate Surgery", "The Northgate Surgery")],
    ],
    sure: [
      ["the names of the document", summary.bundle],
      ["another ODS code", inText("Y90001", "Y90009")],
    ],
  },
];
