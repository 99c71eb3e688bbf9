import { readFile } from "node:fs/promises";
import {
  readScenario,
  type ReadScenarioOptions,
  type Scenario,
  ScenarioError,
  shippedScenario,
} from "@restante/control/scenario";
import { asDurableError } from "@restante/durable";
import { SettingsError, type SettingsText } from "@restante/settings";
import { CliError } from "../../errors.ts";

/**
 * The scenario of a file, or of a name that comes with Restante.
 *
 * @throws CliError `usage`, `input-unreadable`; DurableError where the file cannot be read
 */
export async function scenarioOf(fileOrName: string, options: ReadScenarioOptions): Promise<Scenario> {
  try {
    return readScenario(await textOf(fileOrName), options);
  } catch (error) {
    if (error instanceof ScenarioError) throw new CliError("usage", error.message, { cause: error });
    if (error instanceof SettingsError) throw new CliError("input-unreadable", error.message, { cause: error });
    throw error;
  }
}

/** What looks like a file is one: a name of ours has neither a folder nor an ending. */
async function textOf(fileOrName: string): Promise<SettingsText> {
  if (!/[/\\.]/.test(fileOrName)) return shippedScenario(fileOrName);
  try {
    return { name: fileOrName, text: await readFile(fileOrName, "utf8") };
  } catch (cause) {
    throw asDurableError(cause, fileOrName);
  }
}
