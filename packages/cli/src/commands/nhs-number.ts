import { formatNhsNumber, syntheticNhsNumber } from "@restante/mesh";
import { type Command, readWords } from "../command.ts";
import { CliError } from "../errors.ts";

/** Of the 900,000 or so there are: so many can be drawn without long searching for one that is not there yet. */
const MOST = 100_000;

export const nhsNumberCommand: Command = {
  help: [
    "Usage: restante nhs-number [OPTIONS]",
    "",
    "Makes NHS numbers for test patients: ten digits with a right check digit, of the range 999, which no patient is ever",
    "given. Each call draws others.",
    "",
    `  --count N              how many, all different (default 1; at most ${MOST})`,
    "  --spaces               as people read them: 999 123 4567",
  ].join("\n"),

  async run(words, terminal) {
    const { values } = readWords("nhs-number", words, {
      count: { type: "string", default: "1" },
      spaces: { type: "boolean", default: false },
    });
    const count = Number(values.count);
    if (!/^\d+$/.test(values.count) || count < 1 || count > MOST) {
      throw new CliError("usage", `--count is a number from 1 to ${MOST}, not '${values.count}'`);
    }
    const numbers = new Set<ReturnType<typeof syntheticNhsNumber>>();
    while (numbers.size < count) numbers.add(syntheticNhsNumber());
    const lines = Array.from(numbers, (number) => (values.spaces ? formatNhsNumber(number) : number));
    await terminal.write(`${lines.join("\n")}\n`);
    return 0;
  },
};
