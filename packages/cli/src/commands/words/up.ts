import { command, type Command } from "../../command-line/tree.ts";
import { controlOptions } from "../options/development.ts";
import { economyOptions, economyRemark, newAuthority, noSamples, serverOptions } from "../options/economy.ts";
import { decideByHand, doubtful } from "../options/matching.ts";
import { strictness } from "../options/message.ts";

export const upWords: Command = command({
  name: "up",
  summary: "bring up the whole health economy: MESH server, two practices, a pharmacy",
  about:
    "Brings up a MESH server, the organisations' MESH clients and systems, and a worklist page for each, all on this machine and on loopback only. The first start sends one message along each journey. Started again, it continues where it was, also after a crash. Ctrl-C stops it.",
  options: {
    noSamples,
    strictness,
    doubtful,
    decideByHand,
    ...controlOptions,
    ...serverOptions,
    newAuthority,
    ...economyOptions,
  },
  remarks: [economyRemark],
  examples: ["", "--data my-data --port-base 9700"],
  load: async () => (await import("../up.ts")).up,
});
