import { group, type Group } from "../command-line/tree.ts";
import { auditWords } from "./words/audit.ts";
import { checkWords } from "./words/check.ts";
import { clientWords } from "./words/client.ts";
import { completionWords } from "./words/completion.ts";
import { controlWords } from "./words/control.ts";
import { nhsNumberWords } from "./words/nhs-number.ts";
import { pairWords } from "./words/pair.ts";
import { practiceWords, serverWords } from "./words/parts.ts";
import { readyWords } from "./words/ready.ts";
import { respondWords } from "./words/respond.ts";
import { sendWords } from "./words/send.ts";
import { migrateStoreWords } from "./words/store.ts";
import { tokenWords } from "./words/token.ts";
import { upWords } from "./words/up.ts";
import { userWords } from "./words/user.ts";

/** Every command, in the order of the help. */
export const program: Group = group({
  name: "restante",
  summary: "NHS GP Connect Messaging end to end",
  about: "Restante: NHS GP Connect Messaging end to end, every party of it, on one machine.",
  entries: [
    upWords,
    sendWords,
    pairWords,
    checkWords,
    respondWords,
    nhsNumberWords,
    serverWords,
    readyWords,
    migrateStoreWords,
    clientWords,
    practiceWords,
    userWords,
    tokenWords,
    auditWords,
    controlWords,
    completionWords,
  ],
});
