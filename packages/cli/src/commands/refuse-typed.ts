import { CliError } from "../errors.ts";

/**
 * Refuses the first of these options that was typed. One that was not is undefined or, of a flag, false.
 * @throws CliError `usage`
 */
export function refuseTyped(options: Readonly<Record<string, unknown>>, words: (name: string) => string): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (name !== undefined) throw new CliError("usage", words(name));
}
