// The thread that writes long reports, one at a time: see report-writer.ts.
import { parentPort } from "node:worker_threads";
import { reportPdf } from "../consultation/report-pdf.ts";
import type { ReportToWrite } from "./report-writer.ts";

parentPort?.on("message", ({ consultation, organisation, now }: ReportToWrite) => {
  reportPdf(consultation, { organisation, clock: { now: () => now } }).then(
    (pdf) => parentPort?.postMessage(pdf),
    () => parentPort?.postMessage(undefined),
  );
});
