import { type Clock, systemClock } from "@restante/mesh";
import { ConsultationFileError, type ConsultationProblem } from "./consultation-file-error.ts";
import type { Consultation } from "./consultation.ts";
import { reportContent, type ReportParties } from "./report/content.ts";
import { drawReport } from "./report/layout.ts";
import { openFonts } from "./report/fonts.ts";
import { printedTexts } from "./report/printed-texts.ts";
import { findUnwritable } from "./report/unwritable.ts";
import { addressWords } from "./report/words.ts";
import { createDocument, createPen } from "./report/pen.ts";

export interface ReportOptions extends ReportParties {
  clock?: Clock;
  signal?: AbortSignal;
}

/**
 * The PDF report of a consultation, in the layout that GP Connect Messaging prescribes for consultation summaries
 * (GPCM-SD-CS-001 to -016), and in a like one for online consultations. Confidential details are left out.
 *
 * The same consultation, parties and time make the same bytes. About 40 KB a report.
 *
 * @throws ConsultationFileError `consultation-invalid` if a text has a character that no font of the report has.
 * @example
 * const pdf = await reportPdf(consultation, { organisation: { name: "Quay Surgery", phone: "01632 960000" } });
 */
export async function reportPdf(consultation: Consultation, options: ReportOptions): Promise<Uint8Array> {
  const { clock = systemClock, signal } = options;
  const problems = [...(await findUnwritable(printedTexts(consultation))), ...(await unwritableParties(options))];
  if (problems.length > 0) throw new ConsultationFileError("consultation-invalid", problems);
  const content = reportContent(consultation, options);
  const doc = createDocument(await openFonts(), {
    // Shown by a viewer in its title bar, so it names no patient.
    Title: consultation.kind === "online-consultation" ? "Online consultation report" : "Consultation report",
    Creator: "Restante",
    Producer: "Restante",
    CreationDate: clock.now(),
  });
  const pen = createPen(doc);
  drawReport(pen, content);
  pen.finish();
  doc.end();

  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) {
    signal?.throwIfAborted();
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}

/** The parties are not of the consultation: what is wrong with them is told by their names. */
async function unwritableParties({ organisation, receivingPractice }: ReportParties): Promise<ConsultationProblem[]> {
  const { name, phone, email, address } = organisation;
  const texts = [
    { pointer: "the organisation's name", text: name },
    { pointer: "the organisation's telephone number", text: phone },
    { pointer: "the organisation's email address", text: email ?? "" },
    { pointer: "the organisation's address", text: address === undefined ? "" : addressWords(address) },
    { pointer: "the receiving practice's name", text: receivingPractice ?? "" },
  ];
  const found = await findUnwritable(texts);
  return found.map(({ pointer, problem }) => ({ pointer: "", problem: `${pointer} ${problem}` }));
}
