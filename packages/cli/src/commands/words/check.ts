import { command, type Command } from "../../command-line/tree.ts";
import { checkOptions, format, output } from "../options/message.ts";

export const checkWords: Command = command({
  name: "check",
  summary: "hold ITK3 messages against every requirement that a message can show",
  about:
    "Says of each message whether it conforms (no requirement that must be met is broken) and whether it is acceptable (a receiver can give a person the document), and where it departs from which requirement. See docs/checking.md.",
  arguments: [
    {
      name: "FILE",
      about: "a message; of a folder, every .xml, .dat and .json file in and below it",
      several: true,
      place: "file",
    },
  ],
  options: { ...checkOptions, format, output },
  remarks: [
    "Exit status: 0 every message conforms and is acceptable, 1 one is not, 2 one cannot be read, there is none or this was typed wrong.",
  ],
  examples: ["message.xml", "outbox --format html --output report.html"],
  load: async () => (await import("../check.ts")).check,
});
