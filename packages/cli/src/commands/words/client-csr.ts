import { command, type Command } from "../../command-line/tree.ts";
import { into } from "../options/message.ts";

export const csrVerb: Command = command({
  name: "csr",
  summary: "make a key, and the request that the NHS makes a certificate of",
  about:
    "Makes a private key for a mailbox's client, and the request for its certificate, under the common name that the NHS asks for: MAILBOX.ODS-CODE.api.mesh-client.nhs.uk, with nothing beside it. A key that is there is never overwritten. Each environment (integration, production) has a certificate, and so a key, of its own: give each a folder.",
  arguments: [
    { name: "MAILBOX", about: "the mailbox's id, or the local id that was agreed with the NHS, such as SERVER001" },
    { name: "ODS-CODE", about: "the ODS code of the organisation that the mailbox is of" },
  ],
  options: { into },
  remarks: ["Exit status: 0 made; 1 not made, as where the key is there already; 2 typed wrong."],
  examples: ["X26HC005 X26 --into production"],
  load: async () => (await import("../client-csr.ts")).csr,
});
