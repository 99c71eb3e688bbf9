import { Document } from "yaml";

/**
 * A value as a file of settings, below a comment. Texts that another version of YAML would take for something else
 * (`NO`, `12E45`, `0123`) are put between quotes.
 */
export function writeSettings(value: object, comment: readonly string[] = []): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
  const above = comment.map((line) => `#${line === "" ? "" : ` ${line}`}\n`).join("");
  return `${above}${document.toString({ lineWidth: 0 })}`;
}
