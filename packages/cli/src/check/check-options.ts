import type { UseCase } from "@restante/itk3";
import { CliError } from "../errors.ts";

/** What a receiver takes unless told otherwise: ITK3 recommends no more than 5 MB. */
const DEFAULT_MAX_MB = 5;
/** As much as one MESH request carries. */
const HIGHEST_MAX_MB = 100;

export const checkOptions: {
  ctl: { type: "string" };
  generation: { type: "string" };
  "use-case": { type: "string" };
  "max-size": { type: "string"; default: string };
} = {
  ctl: { type: "string" },
  generation: { type: "string" },
  "use-case": { type: "string" },
  "max-size": { type: "string", default: String(DEFAULT_MAX_MB) },
};

const useCases: readonly UseCase[] = ["consultation-summary", "online-consultation", "generic", "response"];

export const checkOptionsHelp: string = [
  "  --ctl FILE             the control file (default: the .ctl of the same name beside it, if there is one)",
  "  --generation 1|2       hold it against GP Connect Messaging 1.x or Send Document 2 (default: told from the message)",
  `  --use-case NAME        ${useCases.join(", ")} (default: told from the message)`,
  `  --max-size MB          larger messages are refused, with 20015 (default ${DEFAULT_MAX_MB}, at most ${HIGHEST_MAX_MB})`,
].join("\n");

export interface CheckSettings {
  readonly maxBytes: number;
  readonly generation?: 1 | 2;
  readonly useCase?: UseCase;
}

/** @throws CliError `usage` */
export function readCheckOptions(values: {
  generation?: string | undefined;
  "use-case"?: string | undefined;
  "max-size": string;
}): CheckSettings {
  const { generation, "use-case": useCase, "max-size": size } = values;
  if (generation !== undefined && generation !== "1" && generation !== "2") {
    throw new CliError("usage", `--generation is 1 or 2, not '${generation}'`);
  }
  if (useCase !== undefined && !isUseCase(useCase)) {
    throw new CliError("usage", `--use-case is one of ${useCases.join(", ")}, not '${useCase}'`);
  }
  const megabytes = Number(size);
  if (!/^\d+(\.\d+)?$/.test(size) || megabytes <= 0 || megabytes > HIGHEST_MAX_MB) {
    throw new CliError("usage", `--max-size is a number of MB up to ${HIGHEST_MAX_MB}, not '${size}'`);
  }
  return {
    maxBytes: Math.ceil(megabytes * 1024 * 1024),
    ...(generation === undefined ? {} : { generation: generation === "1" ? 1 : 2 }),
    ...(useCase === undefined ? {} : { useCase }),
  };
}

function isUseCase(text: string): text is UseCase {
  return (useCases as readonly string[]).includes(text);
}
