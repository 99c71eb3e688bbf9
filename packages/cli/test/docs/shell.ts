// The commands of a guide, run as they stand in a folder that looks like a clone.

import { execFile, spawnSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { codeBlocks, top } from "./pages.ts";

const run = promisify(execFile);

/** Why the commands of a guide cannot be run here; undefined if they can. */
export const withoutShell: string | false =
  ["bash", "curl", "openssl"]
    .filter((tool) => spawnSync(tool, ["-c", "true"]).error !== undefined)
    .map((tool) => `${tool} is not on this machine`)
    .join(", ") || false;

export interface Shell {
  /** Runs a block; gives all it printed. Rejects if a command of it fails. */
  (code: string): Promise<string>;
}

/** A folder with the examples, in which `npx restante` is ours and, where `url` is given, the server of `my-mesh` is there. */
export async function openShell(folder: string, url?: string): Promise<Shell> {
  await symlink(join(top, "examples"), join(folder, "examples"));
  const path = [join(top, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  const [definitions = ""] = bashOf("docs/how-to/talk-to-the-server.md");
  const ofServer = url === undefined ? [] : [definitions.replace(/^URL=.*$/m, `URL=${url}`), "M=/messageexchange"];
  const before = ['npx() { "$@"; }', ...ofServer].join("\n");
  return async (code) => {
    const words = ["-euo", "pipefail", "-c", `${before}\n${code}`];
    const { stdout } = await run("bash", words, { cwd: folder, env: { ...env, PATH: path }, timeout: 120_000 });
    return stdout;
  };
}

export function bashOf(page: string): string[] {
  return codeBlocks(page)
    .filter(({ language }) => language === "bash")
    .map(({ code }) => code);
}
