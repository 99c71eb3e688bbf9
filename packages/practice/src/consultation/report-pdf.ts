import { readFile } from "node:fs/promises";
import { type Clock, systemClock } from "@restante/mesh";
import type { Consultation } from "./consultation.ts";
import { reportContent, type ReportParties } from "./report/content.ts";
import { drawReport } from "./report/layout.ts";
import { createDocument, createPen, type Face } from "./report/pen.ts";

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
 * @example
 * const pdf = await reportPdf(consultation, { organisation: { name: "Quay Surgery", phone: "01632 960000" } });
 */
export async function reportPdf(consultation: Consultation, options: ReportOptions): Promise<Uint8Array> {
  const { clock = systemClock, signal } = options;
  const content = reportContent(consultation, options);
  faces ??= readFaces();
  const doc = createDocument(await faces, {
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

let faces: Promise<Record<Face, Uint8Array>> | undefined;

async function readFaces(): Promise<Record<Face, Uint8Array>> {
  const read = (file: string): Promise<Uint8Array> =>
    readFile(new URL(import.meta.resolve(`@expo-google-fonts/arimo/${file}`)));
  return {
    regular: await read("400Regular/Arimo_400Regular.ttf"),
    bold: await read("700Bold/Arimo_700Bold.ttf"),
    italic: await read("400Regular_Italic/Arimo_400Regular_Italic.ttf"),
  };
}
