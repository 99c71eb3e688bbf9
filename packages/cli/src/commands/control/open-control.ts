import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Control,
  CONTROL_FILE,
  type ControlClientOptions,
  type ControlPlace,
  createControlClient,
  readControlFolder,
} from "@restante/control";
import { asDurableError } from "@restante/durable";
import { DEFAULT_DATA } from "../../defaults.ts";
import { SERVER_FOLDER } from "../../economy/folder.ts";
import { CliError } from "../../errors.ts";
import type { Terminal } from "../../terminal/terminal.ts";

/** Where the token is where no file has it: secrets are never arguments. */
const TOKEN_VARIABLE = "RESTANTE_CONTROL_TOKEN";

/** By what a verb finds its server, as it was typed. */
export interface ReachValues {
  readonly server: ControlPlace | undefined;
  readonly data: string | undefined;
  readonly tokenFile: string | undefined;
}

/**
 * The control of the server that was typed, until the person stops the command.
 *
 * @throws CliError `usage` if it is not said where; ControlError `unreachable` if the folder has none
 */
export async function openControl(
  values: ReachValues,
  { stop }: Pick<Terminal, "stop">,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Control> {
  return createControlClient({ ...(await reached(values, environment)), signal: stop });
}

async function reached(
  { server, data, tokenFile }: ReachValues,
  environment: NodeJS.ProcessEnv,
): Promise<ControlClientOptions> {
  const given = environment[TOKEN_VARIABLE];
  const token =
    tokenFile === undefined
      ? given !== undefined && given !== "" && { token: given, tokenFile: `the environment's ${TOKEN_VARIABLE}` }
      : { token: await readToken(tokenFile), tokenFile };
  if (server !== undefined && token !== false) return { ...server, ...token };
  if (server !== undefined && data === undefined) {
    throw new CliError(
      "usage",
      `--server goes with --token-file FILE, --data DIR or the environment's ${TOKEN_VARIABLE}`,
    );
  }
  const folder = await readControlFolder(serverFolder(data ?? DEFAULT_DATA));
  if (server !== undefined) return { ...server, token: folder.token, tokenFile: folder.tokenFile };
  return token === false ? folder : { ...folder, ...token };
}

/** A server's own folder, or one with a server's folder in it: those of `restante up` and `restante server --dev`. */
function serverFolder(data: string): string {
  return existsSync(join(data, CONTROL_FILE)) ? data : join(data, SERVER_FOLDER);
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw asDurableError(cause, file);
  }
}
