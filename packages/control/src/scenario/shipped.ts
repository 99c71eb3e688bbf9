import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { nearestName } from "@restante/mesh";
import type { SettingsText } from "@restante/settings";
import { ScenarioError } from "./scenario-error.ts";

/** Beside `src` and `dist`, in a checkout as in an installed package. */
const folder: string = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const ending = ".yaml";

/** The names of the scenarios that come with this package, in order. */
export async function shippedScenarios(): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .toSorted();
}

/**
 * A scenario that comes with this package, to be read with `readScenario`.
 *
 * @throws {ScenarioError} `scenario-unknown`
 */
export async function shippedScenario(name: string): Promise<SettingsText> {
  const names = await shippedScenarios();
  if (!names.includes(name)) {
    const meant = nearestName(name, names);
    const advice = meant === undefined ? `There are ${names.join(", ")}.` : `Did you mean '${meant}'?`;
    throw new ScenarioError("scenario-unknown", `No scenario of that name comes with Restante. ${advice}`);
  }
  const file = `${folder}${name}${ending}`;
  return { name: file, text: await readFile(file, "utf8") };
}
