import { readFileSync } from "node:fs";

/** Which release this is. */
export function version(): string {
  const file = new URL("../package.json", import.meta.url);
  const description = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return description.version;
}
