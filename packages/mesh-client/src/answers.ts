import { redactRoutingAddresses, type Retry } from "@restante/mesh";
import { MeshClientError, type MeshClientErrorCode, type ServerAnswer } from "./mesh-client-error.ts";
import type { Answer } from "./transport.ts";

/** A listing of 5,000 ids is 150 KB. */
const jsonLimit = 4 * 1024 * 1024;
const errorLimit = 64 * 1024;

/** What a status other than 2xx means, and what may be done after it where the call may not be made twice. */
function meaningOf(status: number): { code: MeshClientErrorCode; retry: Retry; unrepeatable: Retry } {
  if (status === 401 || status === 403) return { code: "unauthorised", retry: "never", unrepeatable: "never" };
  if (status === 404) return { code: "not-found", retry: "never", unrepeatable: "never" };
  if (status === 410) return { code: "gone", retry: "never", unrepeatable: "never" };
  // 425 and 429 by definition, and 503 by custom, say that the request was not taken up.
  if (status === 425 || status === 429 || status === 503) {
    return { code: "unavailable", retry: "safe", unrepeatable: "safe" };
  }
  // A server or gateway that fails may do so after the message was accepted.
  if (status >= 500) return { code: "server-failed", retry: "safe", unrepeatable: "ambiguous" };
  if (status >= 400) return { code: "refused", retry: "never", unrepeatable: "never" };
  return { code: "unexpected-answer", retry: "never", unrepeatable: "ambiguous" };
}

/** The error that an answer stands for. Reads or destroys its body. */
export async function errorOf(answer: Answer, { repeatable }: { repeatable: boolean }): Promise<MeshClientError> {
  const meaning = meaningOf(answer.status);
  const said: ServerAnswer = {
    ...readError(await readText(answer, errorLimit).catch(() => "")),
    status: answer.status,
    retryAfterMs: readRetryAfter(answer),
  };
  const words = [said.event, said.meshCode, said.description].filter((word) => word !== undefined && word !== "");
  return new MeshClientError(
    meaning.code,
    `The server answered ${answer.status}${words.length === 0 ? "" : `: ${words.join(" ")}`}.`,
    { retry: repeatable ? meaning.retry : meaning.unrepeatable, answer: said },
  );
}

/** Undefined if the body is not JSON. Throws if it breaks off or is too long. */
export async function readJson(answer: Answer): Promise<unknown> {
  const text = await readText(answer, jsonLimit);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads a body that is not wanted, so that its connection can be used again. */
export async function discard(answer: Answer): Promise<void> {
  await readText(answer, errorLimit).catch(() => undefined);
}

async function readText(answer: Answer, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      // Leaving the loop destroys the body.
      if (length > limit) {
        throw new MeshClientError("unexpected-answer", `The answer is longer than ${limit} bytes.`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw answer.failureOf(error);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Version 2 `{"detail":[{"event","code","msg"}]}`, version 1 `{"errorEvent","errorCode","errorDescription"}`, or the
 * validation error of both, `{"detail":[{"type","loc","msg"}]}` (MESH API, error bodies).
 */
function readError(text: string): ServerAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  const fields = asRecord(body);
  const first = asRecord(Array.isArray(fields["detail"]) ? fields["detail"][0] : undefined);
  return {
    event: word(first["event"] ?? fields["errorEvent"], 20),
    meshCode: word(first["code"] ?? fields["errorCode"], 60),
    description: word(first["msg"] ?? fields["errorDescription"], 200),
  };
}

function word(value: unknown, length: number): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return redactRoutingAddresses(value).slice(0, length);
}

/** Retry-After in seconds; the form with a date is not used by MESH. */
function readRetryAfter({ headers }: Answer): number | undefined {
  const value = headers["retry-after"];
  return typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) * 1000 : undefined;
}

/** The value if it is an object, else an object with nothing in it. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
