import { checkSettings, listed, problemLine, type Schema, SettingsError } from "@restante/settings";

import { meshServerSchema } from "./config-schema.ts";
import type { MeshServerConfig } from "./config.ts";
import { MeshServerError } from "./errors.ts";

/**
 * Checks a configuration, from wherever it comes.
 * @throws {MeshServerError} `config-invalid`, its message naming every problem, one a line
 */
export function readMeshServerConfig(value: unknown): MeshServerConfig {
  return readSettings(value, meshServerSchema);
}

/** The same by another schema of a server's settings. */
export function readSettings<Config>(value: unknown, schema: Schema<Config>): Config {
  try {
    return checkSettings("config", value, schema);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problems = error.problems.map(problemLine);
    throw new MeshServerError("config-invalid", listed("The MESH server's settings", problems), { cause: error });
  }
}
