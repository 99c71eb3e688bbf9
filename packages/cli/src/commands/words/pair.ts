import { command, type Command } from "../../command-line/tree.ts";
import { economyOptions, economyRemark } from "../options/economy.ts";
import { into } from "../options/message.ts";

export const pairWords: Command = command({
  name: "pair",
  summary: "write a consultation as a .dat and a .ctl file, to be dropped into OUT by hand",
  about:
    "Builds the ITK3 message of a consultation and writes it as the two files that a MESH client takes from OUT. Nothing is stored with the organisation's system, so it shows the acknowledgements as answers to something it never sent.",
  arguments: [{ name: "FILE", about: "the consultation: see docs/consultation-json.md", place: "file" }],
  options: { into, ...economyOptions },
  remarks: [economyRemark],
  examples: ["examples/consultation.json --into pairs"],
  load: async () => (await import("../pair.ts")).pair,
});
