import { group, type Group } from "../../command-line/tree.ts";
import { faultVerbs } from "./control-faults.ts";
import { runWords, scenariosWords } from "./control-run.ts";
import { messageVerbs } from "./control-messages.ts";
import { clockVerbs, demographicsVerbs, eventsVerb, mailboxVerbs, resetVerb, snapshotVerbs } from "./control-server.ts";

export const controlWords: Group = group({
  name: "control",
  summary: "tell a development server to wait, fail, forget or move its clock",
  about:
    "Tells a development server what to do: wait for a message, lose an answer, move its clock, be as it was. The server is one that was started with --control, by restante server --dev or restante up.",
  entries: [
    messageVerbs,
    mailboxVerbs,
    faultVerbs,
    clockVerbs,
    demographicsVerbs,
    snapshotVerbs,
    resetVerb,
    eventsVerb,
    runWords,
    scenariosWords,
  ],
});
