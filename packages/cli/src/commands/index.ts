import type { CommandEntry } from "../command.ts";

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: "up",
    summary: "bring up the whole health economy: MESH server, two practices, a pharmacy",
    load: async () => (await import("./up.ts")).upCommand,
  },
  {
    name: "send",
    summary: "send a consultation (a consultation.json) from the organisation it names",
    load: async () => (await import("./send.ts")).sendCommand,
  },
  {
    name: "pair",
    summary: "write a consultation as a .dat and a .ctl file, to be dropped into OUT by hand",
    load: async () => (await import("./pair.ts")).pairCommand,
  },
  {
    name: "check",
    summary: "hold ITK3 messages against every requirement that a message can show",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "respond",
    summary: "write the infrastructure response that a message calls for",
    load: async () => (await import("./respond.ts")).respondCommand,
  },
  {
    name: "nhs-number",
    summary: "make valid NHS numbers for test patients",
    load: async () => (await import("./nhs-number.ts")).nhsNumberCommand,
  },
  {
    name: "server",
    summary: "run the MESH server alone",
    load: async () => (await import("./part.ts")).serverCommand,
  },
  {
    name: "client",
    summary: "run an organisation's MESH clients alone (its IN and OUT folders)",
    load: async () => (await import("./part.ts")).clientCommand,
  },
  {
    name: "practice",
    summary: "run an organisation's system and worklist page alone",
    load: async () => (await import("./part.ts")).practiceCommand,
  },
];
