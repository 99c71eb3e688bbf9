// Who may come in where a server can be wiped, in the listener of control and in the sandbox's admin paths alike.
//
// A page of any site that a developer has open can send requests to this machine. So a Host must be one that only whoever
// means this server would name (a name of an attacker's that resolves to 127.0.0.1 is none), and an Origin is none at all,
// but for control's own page. The token is in a file that nobody else may read.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { basename, dirname } from "node:path";

import { asDurableError, DurableError, ensurePrivate, isMissing, makeFolder, writeWhole } from "@restante/durable";

/** In the data folder, unless it is told to be elsewhere. */
export const TOKEN_FILE = "control-token";

/**
 * The token in this file, which is made, for its owner alone, if it is absent.
 * @throws {DurableError} `not-private`: others may read it; `unusable`: what is in it is no token
 */
export async function readToken(file: string): Promise<string> {
  try {
    const found = await read(file);
    if (found !== undefined) return found;
    const token = randomBytes(24).toString("base64url");
    await makeFolder(dirname(file));
    await writeWhole(dirname(file), basename(file), `${token}\n`);
    return token;
  } catch (error) {
    throw asDurableError(error, file);
  }
}

/** Undefined where there is none, or nothing in it. */
async function read(file: string): Promise<string | undefined> {
  try {
    // A link is as private as what it leads to.
    const path = await realpath(file);
    const about = await stat(path);
    // To open a pipe waits for its other end, for ever if there is none.
    if (!about.isFile() && !about.isDirectory()) throw unusable(file, "it is not a file: name another");
    ensurePrivate(path);
    const text = (await readFile(path, "utf8")).trim();
    if (text === "") return undefined;
    if (/^[!-~]{1,4096}$/.test(text)) return text;
    throw unusable(file, "a token is one word of ASCII, which a header can bear: remove it, and one is made");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function unusable(file: string, remedy: string): DurableError {
  return new DurableError("unusable", file, remedy, { retry: "never" });
}

/** Whether an Authorization header bears the token (RFC 6750, 2.1). Takes as long for any that does not. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Whether a Host header names this machine by loopback, or by one of these names; its port may be any. */
export function isHostAllowed(host: string | undefined, allowed: readonly string[] = []): boolean {
  const name = hostName(host ?? "");
  if (name === "") return false;
  return isLoopback(name) || allowed.some((one) => hostName(one) === name);
}

/** Whether it is reached from this machine alone. */
export function isLoopback(name: string): boolean {
  if (isIP(name) === 4) return name.startsWith("127.");
  return name === "localhost" || name === "::1";
}

/** Without its port, and a dot at its end; an IPv6 address without its brackets. */
function hostName(host: string): string {
  const [, address, name] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(host.trim()) ?? [];
  return (address ?? name?.replace(/\.$/, "") ?? (isIP(host.trim()) === 6 ? host.trim() : "")).toLowerCase();
}
