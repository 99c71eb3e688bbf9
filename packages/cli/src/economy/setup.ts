import { join, resolve } from "node:path";
import { writeWhole } from "@restante/durable";
import { DEFAULT_PORT_BASE } from "../defaults.ts";
import { CliError } from "../errors.ts";
import { exampleFile } from "./examples.ts";
import { readJsonFile } from "./json-file.ts";

/** What an economy is started with. Remembered in its folder, so that the commands which follow need not repeat it. */
export interface Setup {
  /** Ports are this one and those after it; 0: any that are free. */
  readonly portBase: number;
  /** The files of patients and organisations. */
  readonly patients: string;
  readonly organisations: string;
}

const FILE = "setup.json";

/**
 * What is given now, else what was given last, else the defaults; `remember` keeps it for the next time, once it has
 * proved to be usable.
 *
 * @throws CliError `settings-unreadable`
 */
export function recallSetup(folder: string, given: Partial<Setup>): Setup & { remember(): Promise<void> } {
  const remembered = read(folder);
  const chosen: Partial<Setup> = {
    ...remembered,
    ...(given.portBase === undefined ? {} : { portBase: given.portBase }),
    ...(given.patients === undefined ? {} : { patients: resolve(given.patients) }),
    ...(given.organisations === undefined ? {} : { organisations: resolve(given.organisations) }),
  };
  return {
    portBase: chosen.portBase ?? DEFAULT_PORT_BASE,
    patients: chosen.patients ?? exampleFile("patients.json"),
    organisations: chosen.organisations ?? exampleFile("organisations.json"),
    async remember() {
      if (JSON.stringify(chosen) === JSON.stringify(remembered)) return;
      await writeWhole(folder, FILE, `${JSON.stringify(chosen, null, 2)}\n`);
    },
  };
}

function read(folder: string): Partial<Setup> {
  const file = join(folder, FILE);
  const found = readJsonFile(file);
  if (found === undefined) return {};
  if (isSetup(found.value)) return found.value;
  throw new CliError(
    "settings-unreadable",
    `${file} is not what Restante wrote there: correct it, or remove it and name its options again`,
  );
}

function isSetup(value: unknown): value is Partial<Setup> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { portBase, patients, organisations } = value as Record<string, unknown>;
  const isPath = (path: unknown): boolean => path === undefined || (typeof path === "string" && path !== "");
  return (
    (portBase === undefined || (Number.isInteger(portBase) && Number(portBase) >= 0 && Number(portBase) <= 65_535)) &&
    isPath(patients) &&
    isPath(organisations)
  );
}
