import { command, type Command } from "../../command-line/tree.ts";
import { economyOptions, economyRemark, newAuthority, organisation, serverOptions } from "../options/economy.ts";

export const serverWords: Command = command({
  name: "server",
  summary: "run the MESH server alone",
  about: "Runs the MESH server of a data folder alone. Ctrl-C stops it.",
  options: { ...serverOptions, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--data my-mesh"],
  load: async () => (await import("../part.ts")).server,
});

export const clientWords: Command = command({
  name: "client",
  summary: "run an organisation's MESH clients alone (its IN and OUT folders)",
  about: "Runs the MESH clients of one organisation alone: they carry its OUT and IN folders. Ctrl-C stops it.",
  options: { organisation, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--organisation Y99001"],
  load: async () => (await import("../part.ts")).client,
});

export const practiceWords: Command = command({
  name: "practice",
  summary: "run an organisation's system and worklist page alone",
  about: "Runs one organisation's system and its worklist page alone. Ctrl-C stops it.",
  options: { organisation, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--organisation Y99001"],
  load: async () => (await import("../part.ts")).practice,
});
