import { command, type Command } from "../../command-line/tree.ts";
import { clientOptions } from "../options/client.ts";
import { configOptions, economyOptions, economyRemark, newAuthority, organisation } from "../options/economy.ts";
import { into } from "../options/message.ts";
import { csrVerb } from "./client-csr.ts";
import { heldVerbs } from "./client-held.ts";
import { statusVerb } from "./client-status.ts";

const importWords: Command = command({
  name: "import",
  summary: "make a client.yaml of a meshclient.cfg",
  about:
    "Makes a client.yaml of the meshclient.cfg of the NHS's Java client, once, and says what becomes of each of its elements. Beside client.yaml, in secrets/, each secret has a file of its own, and the keystore a copy. Nothing that is there already is overwritten.",
  arguments: [{ name: "FILE", about: "the meshclient.cfg", place: "file" }],
  options: { into },
  remarks: ["Exit status: 0 made; 1 not made, as where FILE cannot be read or used; 2 typed wrong."],
  examples: ["/opt/MESH-APP-HOME/meshclient.cfg --into restante-client"],
  load: async () => (await import("../client-import.ts")).importClient,
});

export const clientWords: Command = command({
  name: "client",
  summary: "run MESH clients: send what is put into OUT, and write to IN what arrives",
  about:
    "Runs MESH clients, of as many mailboxes as the settings name (--config), or those of one organisation of a data folder: what is put into a mailbox's folder OUT is sent, and what arrives comes to IN. Ctrl-C or SIGTERM stops it; SIGHUP has it read the settings again.",
  options: { ...configOptions, ...clientOptions, organisation, newAuthority, ...economyOptions },
  remarks: [
    economyRemark,
    "Exit status: 0 it was stopped; 1 it could not start, or lost the folders of all mailboxes; 2 typed wrong.",
  ],
  examples: ["--organisation Y99001", "--config client.yaml", "--meshclient-cfg meshclient.cfg"],
  entries: [csrVerb, importWords, statusVerb, heldVerbs],
  load: async () => (await import("../part.ts")).client,
});
