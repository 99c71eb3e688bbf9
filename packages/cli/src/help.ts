import { readFileSync } from "node:fs";
import type { CommandEntry } from "./command.ts";

export function version(): string {
  const file = new URL("../package.json", import.meta.url);
  const description = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return description.version;
}

export function generalHelp(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "Restante: NHS GP Connect Messaging end to end, every party of it, on one machine.",
    "",
    "Usage: restante COMMAND [OPTIONS]",
    "",
    "Commands:",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "restante COMMAND --help tells more; restante --version says which release this is.",
  ].join("\n");
}
