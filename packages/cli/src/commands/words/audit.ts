import { command, type Command, group, type Group } from "../../command-line/tree.ts";
import { exportOptions, verifyOptions } from "../options/audit.ts";
import { configOptions } from "../options/economy.ts";

const { config } = configOptions;

const verify: Command = command({
  name: "verify",
  summary: "say whether the audit is as it was written",
  about:
    "Works out the seal of every row of the audit again, and says which rows were changed, taken out or put in since they were written. That its end was not cut off, only the seals in the log can show: name it with --log. It writes nothing, and the system may run.",
  options: { ...verifyOptions, config },
  remarks: [
    "Exit status: 0 the audit is whole; 1 it is not, or it cannot be told, as where no named log has a seal of it; 2 typed wrong.",
  ],
  examples: ["--config practice.yaml --log restante-practice.log"],
  load: async () => (await import("../audit.ts")).verify,
});

const exportVerb: Command = command({
  name: "export",
  summary: "print the audit's rows, the oldest first",
  about:
    "Prints who saw and did what: every row, or those that all filters fit, the oldest first, each with its seal. That it was done is a row of the audit itself, before anything is printed.",
  options: { ...exportOptions, config },
  remarks: ["A row has ids alone: what they stand for an auditor is shown by the page Audit."],
  examples: [
    "--config practice.yaml > audit.json",
    "--config practice.yaml --from-time 2026-11-01 --act download --csv > downloads.csv",
  ],
  load: async () => (await import("../audit.ts")).exportRows,
});

export const auditWords: Group = group({
  name: "audit",
  summary: "verify and export who saw and did what on the pages",
  about: "Verifies and exports the audit of an organisation's pages: who saw and did what, when and from where.",
  entries: [verify, exportVerb],
});
