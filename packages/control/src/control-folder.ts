import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlace } from "./client/place.ts";
import { ControlError } from "./control-error.ts";
import { parseJson } from "./parse-json.ts";

// What a development server leaves in its data folder, so that whoever may read that folder can control it.

/**
 * While it runs: where its control listens, and the file of its token, which is for its owner alone. JSON:
 * `{"url": "http://127.0.0.1:8701", "tokenFile": "/data/control-token"}`, or `socket` and a path instead of `url`.
 */
export const CONTROL_FILE = "control.json";

/**
 * Where the control of the server on this data folder listens, and its token.
 *
 * @throws {ControlError} `unreachable` if the folder holds none
 * @example
 * const control = createControlClient(await readControlFolder("/var/tmp/mesh"));
 */
export async function readControlFolder(
  folder: string,
): Promise<ControlPlace & { readonly token: string; readonly tokenFile: string }> {
  const file = join(folder, CONTROL_FILE);
  const { tokenFile, ...place } = readFolderFile(await readText(file), file);
  return { ...place, token: (await readText(tokenFile)).trim(), tokenFile };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = Error.isError(cause) && "code" in cause ? String(cause.code) : "unknown";
    const advice = "is a development server running on this folder, and was it started with --control?";
    throw new ControlError("unreachable", `${file} cannot be read (${code}): ${advice}`, { cause, retry: "safe" });
  }
}

function readFolderFile(text: string, file: string): ControlPlace & { readonly tokenFile: string } {
  const said = parseJson(text);
  if (typeof said === "object" && said !== null && "tokenFile" in said && typeof said.tokenFile === "string") {
    const { tokenFile } = said;
    if ("url" in said && typeof said.url === "string") return { url: said.url, tokenFile };
    if ("socket" in said && typeof said.socket === "string") return { socket: said.socket, tokenFile };
  }
  throw new ControlError("unreachable", `${file} does not say where a control listens: start the server again`);
}
