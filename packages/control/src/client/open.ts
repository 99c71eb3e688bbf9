import { type IncomingMessage, request } from "node:http";
import { ControlError } from "../control-error.ts";
import { readErrorAnswer } from "../error-answer.ts";
import { parseJson } from "../parse-json.ts";
import type { Target } from "./place.ts";

export interface Access {
  readonly target: Target;
  readonly token: string;
  /** Where the token was read, for a person whose token is refused. */
  readonly tokenFile: string | undefined;
}

export interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The most bytes of an answer: the largest body as Base64 and as text, every character of which may be escaped. */
const LARGEST_ANSWER = 100_000_000;

/**
 * Asks, and resolves to an answer that says yes; its body is the caller's to read. Each request has a connection of its
 * own: the place is near, and a client needs no closing.
 *
 * @throws {ControlError} what the listener refused with; `unreachable` if none answered
 */
export async function open(access: Access, asked: Asked): Promise<IncomingMessage> {
  const response = await connect(access, asked);
  if (response.statusCode === 200) return response;
  const text = await readAll(access, response, asked.signal);
  const refusal = readErrorAnswer(parseJson(text));
  if (refusal === undefined) throw anotherServer(access, response);
  throw new ControlError(
    refusal.code,
    refusal.code === "not-allowed" ? withTokenFile(refusal.message, access) : refusal.message,
  );
}

/** @throws {ControlError} `unreachable` if it is no JSON */
export async function readJson(
  access: Access,
  response: IncomingMessage,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const value = parseJson(await readAll(access, response, signal));
  if (value === undefined) throw anotherServer(access, response);
  return value;
}

function connect({ target, token }: Access, { method, path, body, signal }: Asked): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, target.origin), {
      method,
      agent: false,
      ...(target.socketPath !== undefined && { socketPath: target.socketPath }),
      ...(signal !== undefined && { signal }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    outgoing.once("response", resolve);
    outgoing.on("error", (cause) => reject(interrupted(target, cause, signal)));
    outgoing.end(body);
  });
}

async function readAll(
  { target }: Access,
  response: IncomingMessage,
  signal: AbortSignal | undefined,
): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > LARGEST_ANSWER) break;
      parts.push(part);
    }
  } catch (cause) {
    throw interrupted(target, cause, signal);
  }
  if (bytes <= LARGEST_ANSWER) return Buffer.concat(parts).toString("utf8");
  throw new ControlError("unreachable", `${target.named} answers with more than a control has to say`);
}

/** Why there is no answer: the caller wanted none any more, nobody is there, or it was cut off. */
export function interrupted(target: Target, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  const code = Error.isError(cause) && "code" in cause ? String(cause.code) : "";
  const words = unreached[code];
  if (words !== undefined) {
    return new ControlError("unreachable", `${target.named} ${words}`, { cause, retry: "safe" });
  }
  const text = `${target.named} broke the connection off: whether it was done is not known, the server's log says`;
  return new ControlError("unreachable", text, { cause, retry: "ambiguous" });
}

const nobody = "has no control: is the development server running, and was it started with --control?";

/** What happened before anything was asked. */
const unreached: Readonly<Record<string, string>> = {
  ECONNREFUSED: nobody,
  // Of a socket: its file is not there.
  ENOENT: nobody,
  ENOTSOCK: "is no socket: give the one that the development server made",
  EACCES: "belongs to another user: control the server as the one who started it",
  EPERM: "belongs to another user: control the server as the one who started it",
  ENOTFOUND: "has a name that is not known: check how it is written",
  EAI_AGAIN: "has a name that cannot be looked up now: check the network",
  EHOSTUNREACH: "is not reached: check the network",
  ENETUNREACH: "is not reached: check the network",
  ETIMEDOUT: "does not answer: check the network",
};

function withTokenFile(message: string, { tokenFile }: Access): string {
  return tokenFile === undefined ? message : `${message.replace(/\.$/, "")}; the token was read from ${tokenFile}`;
}

function anotherServer({ target }: Access, { statusCode = 0 }: IncomingMessage): ControlError {
  const words = `answers (HTTP ${statusCode}), but is no control: its port is the one given with --control, not that of MESH`;
  return new ControlError("unreachable", `${target.named} ${words}`);
}
