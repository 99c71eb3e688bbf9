import { command, type Command } from "../../command-line/tree.ts";
import { csrVerb } from "./client-csr.ts";
import { configOptions, economyOptions, economyRemark, newAuthority, organisation } from "../options/economy.ts";

export const clientWords: Command = command({
  name: "client",
  summary: "run an organisation's MESH clients alone (its IN and OUT folders)",
  about:
    "Runs the MESH clients of one organisation alone, of a data folder or by a file of settings: they carry its OUT and IN folders. Ctrl-C stops it.",
  options: { ...configOptions, organisation, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--organisation Y99001", "--config client.yaml"],
  entries: [csrVerb],
  load: async () => (await import("../part.ts")).client,
});
