import { command, type Command } from "../../command-line/tree.ts";
import { controlOptions, developmentOptions } from "../options/development.ts";
import {
  configOptions,
  economyOptions,
  economyRemark,
  newAuthority,
  organisation,
  serverOptions,
} from "../options/economy.ts";
import { decideByHand, doubtful } from "../options/matching.ts";
import { strictness } from "../options/message.ts";
import { doctorVerb } from "./store.ts";

export const serverWords: Command = command({
  name: "server",
  summary: "run the MESH server alone",
  about:
    "Runs a MESH server alone: that of a data folder, one by a file of settings, or one for development (--dev), which needs neither. Ctrl-C stops it.",
  options: {
    ...developmentOptions,
    ...controlOptions,
    ...configOptions,
    ...serverOptions,
    newAuthority,
    ...economyOptions,
  },
  remarks: [
    economyRemark,
    "With --dev, DIR is one of its own, made if it is not there; without --data a temporary one, removed at the end.",
  ],
  examples: ["--dev", "--dev --tls --data my-dev --control 8702", "--data my-mesh", "--config server.yaml"],
  entries: [doctorVerb],
  load: async () => (await import("../server.ts")).server,
});

export const practiceWords: Command = command({
  name: "practice",
  summary: "run an organisation's system and worklist page alone",
  about:
    "Runs one organisation's system and its worklist page alone, of a data folder or by a file of settings. Ctrl-C stops it.",
  options: { ...configOptions, organisation, strictness, doubtful, decideByHand, newAuthority, ...economyOptions },
  remarks: [economyRemark],
  examples: ["--organisation Y99001", "--config practice.yaml"],
  load: async () => (await import("../part.ts")).practice,
});
