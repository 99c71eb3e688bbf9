import { readFileSync } from "node:fs";

let version: string | undefined;

/** This package's version, from the package.json one folder above this file (in src and in dist alike). */
export function packageVersion(): string {
  version ??= (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
    .version;
  return version;
}
