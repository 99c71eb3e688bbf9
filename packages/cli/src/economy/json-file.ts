import { readFileSync } from "node:fs";
import { asDurableError } from "@restante/durable";

/**
 * What a file of ours holds; undefined if there is no such file. Its `value` is undefined if it is no JSON.
 *
 * @throws DurableError where it cannot be read
 */
export function readJsonFile(file: string): { value: unknown } | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw asDurableError(cause, file);
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { value: undefined };
  }
}
