import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The files of `examples/`: at the top of a checkout, or beside the built files of an installed package. */
export function exampleFile(name: string): string {
  const installed = new URL(`../examples/${name}`, import.meta.url);
  const checkout = new URL(`../../../../examples/${name}`, import.meta.url);
  return fileURLToPath(existsSync(installed) ? installed : checkout);
}
