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
    "Makes a client.yaml of the meshclient.cfg of the NHS's Java client, once, and says of every element of it what becomes of it. Each secret comes into a file of its own beside it, in secrets/, and so does a copy of the keystore. Nothing that is there is written over.",
  arguments: [{ name: "FILE", about: "the meshclient.cfg", place: "file" }],
  options: { into },
  examples: ["/opt/MESH-APP-HOME/meshclient.cfg --into restante-client"],
  load: async () => (await import("../client-import.ts")).importClient,
});

export const clientWords: Command = command({
  name: "client",
  summary: "run an organisation's MESH clients alone (its IN and OUT folders)",
  about:
    "Runs the MESH clients of one organisation alone, of a data folder or by a file of settings: they carry its OUT and IN folders. Ctrl-C stops it.",
  options: { ...configOptions, ...clientOptions, organisation, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--organisation Y99001", "--config client.yaml", "--meshclient-cfg meshclient.cfg"],
  entries: [csrVerb, importWords, statusVerb, heldVerbs],
  load: async () => (await import("../part.ts")).client,
});
