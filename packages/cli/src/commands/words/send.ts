import { command, type Command } from "../../command-line/tree.ts";
import { economyOptions, economyRemark } from "../options/economy.ts";
import { keepId, to, wait } from "../options/message.ts";

export const sendWords: Command = command({
  name: "send",
  summary: "send a consultation (a consultation.json) from the organisation it names",
  about:
    "Builds the PDF report and the ITK3 message of a consultation and stores them with the organisation that the file names; its running system (`restante up`) sends them within a second. Then shows how it goes until both acknowledgements are back. Each call sends a new consultation, under an id of its own.",
  arguments: [{ name: "FILE", about: "the consultation: see docs/consultation-json.md", place: "file" }],
  options: { to, keepId, wait, ...economyOptions },
  remarks: [economyRemark],
  examples: ["examples/consultation.json", "consultation.json --to Y99002 --wait 0"],
  load: async () => (await import("../send.ts")).send,
});
