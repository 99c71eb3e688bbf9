import { command, type Command } from "../../command-line/tree.ts";
import { count, MOST_NHS_NUMBERS, spaces } from "../options/nhs-number.ts";

export const nhsNumberWords: Command = command({
  name: "nhs-number",
  summary: "make valid NHS numbers for test patients",
  about: `Makes NHS numbers for test patients: ten digits with a right check digit, of the range 999, which no patient is ever given. Each call draws others, all different, and at most ${MOST_NHS_NUMBERS}.`,
  options: { count, spaces },
  examples: ["--count 10 --spaces"],
  load: async () => (await import("../nhs-number.ts")).nhsNumber,
});
