import { responseCodes } from "@restante/itk3";
import type { ReportFormat } from "./report-format.ts";
import { verdicts } from "./words.ts";

/** For programs: docs/checking.md names the properties. Raised when one changes its meaning or goes away. */
const formatVersion = 1;

export function jsonFormat({ version }: { version: string }): ReportFormat {
  return {
    live: false,
    head({ status, acceptable, notAcceptable, findings }) {
      const summary = {
        messages: status.conforms + status.departs + status.unreadable,
        conforming: status.conforms,
        notConforming: status.departs,
        unreadable: status.unreadable,
        passedOver: status["passed-over"],
        acceptable,
        notAcceptable,
        findings,
      };
      const tool = { name: "restante", version };
      return `{"format":"restante-check","formatVersion":${formatVersion},"tool":${JSON.stringify(tool)},\n"summary":${JSON.stringify(summary)},\n"files":[`;
    },
    file(report, index) {
      const { file, controlFile, bytes, status, acceptable, isResponse, negative, heldAgainst, findings } = report;
      const answer =
        negative === undefined ? undefined : { ...negative, display: responseCodes.get(negative.code)?.display };
      const said = Object.values(verdicts(report));
      const entry = {
        file,
        controlFile,
        bytes,
        status,
        conforms: status === "conforms",
        acceptable,
        isResponse,
        heldAgainst,
        refusedWith: answer,
        verdict: said.join(" "),
        findings,
      };
      return `${index === 0 ? "" : ","}\n${JSON.stringify(entry)}`;
    },
    tail: () => "\n]}\n",
  };
}
