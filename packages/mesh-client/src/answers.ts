import { apiErrors, type Retry } from "@restante/mesh";
import type { MeshClientErrorCode } from "./error-words.ts";
import { MeshClientError, type ServerAnswer } from "./mesh-client-error.ts";
import { knownField, safeWords } from "./server-words.ts";
import type { Answer } from "./transport.ts";

/** A listing of 5,000 ids is 150 KB where MESH made them, and some MB where they are long. */
const jsonLimit = 16 * 1024 * 1024;
const errorLimit = 64 * 1024;
const longestDescription = 200;
/** So many problems of a malformed request are told. */
const mostProblems = 3;

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
export async function errorOf(
  answer: Answer,
  { repeatable, privateTexts }: { repeatable: boolean; privateTexts: readonly string[] },
): Promise<MeshClientError> {
  const meaning = meaningOf(answer.status);
  const safe: Safe = (value, atMost, texts = privateTexts) => word(value, texts, atMost);
  const said = readError(await readText(answer, errorLimit).catch(() => ""), isPlainText(answer), safe);
  // A server's own words may speak of a patient whom the request did not name, and then nothing shows that they do. So
  // only those stand in a message, which is logged, that refuse what we sent, or that every MESH server has.
  const refusesWhatWeSent = answer.status < 500 && (!repeatable || privateTexts.length > 0);
  const words = [said.event, said.meshCode, refusesWhatWeSent || isKnown(said) ? said.words : said.field];
  const told = words.filter((word) => word !== undefined);
  return new MeshClientError(
    meaning.code,
    `The server answered ${answer.status}${told.length === 0 ? "" : `: ${told.join(" ")}`}.`.replace(/\.\.$/, "."),
    {
      retry: repeatable ? meaning.retry : meaning.unrepeatable,
      answer: { ...said, status: answer.status, retryAfterMs: readRetryAfter(answer) },
      ...(said.field === undefined ? {} : { field: said.field }),
    },
  );
}

const knownDescriptions: ReadonlySet<string> = new Set(Object.values(apiErrors).map(({ text }) => text));

function isKnown({ words }: SaidWhy): boolean {
  return words !== undefined && knownDescriptions.has(words);
}

/** Undefined if the body is not JSON. Throws if it breaks off or is too long. */
export async function readJson(answer: Answer): Promise<unknown> {
  return parseJson(await readText(answer, jsonLimit));
}

/** Reads a body that is not wanted, so that its connection can be used again. */
export async function discard(answer: Answer): Promise<void> {
  await readText(answer, errorLimit).catch(() => undefined);
}

async function readText(answer: Answer, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.pieces()) {
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

interface SaidWhy extends Pick<ServerAnswer, "event" | "meshCode" | "description"> {
  /** The description; of a request that is malformed, what is wrong with each field. */
  readonly words: string | undefined;
  /** The first field that the server names. */
  readonly field: string | undefined;
}

/** Makes text safe to show; undefined for anything but text. */
type Safe = (value: unknown, atMost: number, privateTexts?: readonly string[]) => string | undefined;

/**
 * Version 2 `{"detail":[{"event","code","msg"}]}`, version 1 `{"errorEvent","errorCode","errorDescription"}`, or the
 * validation error of both, `{"detail":[{"type","loc","msg"}]}` (MESH API, error bodies). A gateway says `{"detail"}`
 * with a text, or a text alone.
 */
function readError(text: string, isPlain: boolean, safe: Safe): SaidWhy {
  const fields = asRecord(parseJson(text));
  const detail = fields["detail"];
  const problems = Array.isArray(detail) ? detail.slice(0, mostProblems).map(asRecord) : [];
  const [first = {}] = problems;
  const description = safe(
    first["msg"] ?? fields["errorDescription"] ?? detail ?? (isPlain ? text : undefined),
    longestDescription,
  );
  const said = problems.map((problem) =>
    [fieldOf(problem), safe(problem["msg"], longestDescription)].filter((part) => part !== undefined).join(": "),
  );
  return {
    // Words of a table, and matched as such: nothing that was sent is looked for in them.
    event: safe(first["event"] ?? fields["errorEvent"], 20, []),
    meshCode: safe(first["code"] ?? fields["errorCode"], 60, []),
    description,
    words: said.filter((part) => part !== "").join("; ") || description,
    field: problems.map(fieldOf).find((field) => field !== undefined),
  };
}

/** The last word of `loc` (`["header", "mex-subject"]`) that is one of ours. */
function fieldOf({ loc }: Readonly<Record<string, unknown>>): string | undefined {
  return Array.isArray(loc) ? loc.map(knownField).findLast((field) => field !== undefined) : undefined;
}

function isPlainText({ headers }: Answer): boolean {
  const type = headers["content-type"];
  return typeof type === "string" && /^text\/plain\b/i.test(type);
}

function word(value: unknown, privateTexts: readonly string[], atMost: number): string | undefined {
  return typeof value === "string" && value !== "" ? safeWords(value, privateTexts, atMost) || undefined : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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
