import { writeSettings } from "@restante/settings";
import type { Part, PartSettings } from "./part.ts";
import { schemaFile } from "./schemas.ts";

/** Settings as they will be used: a file that can be used in its turn. Of a secret it says where it is. */
export function printedConfig<File extends object>({ name }: Part<File>, { file }: PartSettings<File>): string {
  return writeSettings(file, [
    `yaml-language-server: $schema=${schemaFile(name)}`,
    "All settings as they are used, defaults included; secrets as where they are.",
  ]);
}
