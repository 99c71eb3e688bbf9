import { get } from "node:http";
import { get as getSecurely, type RequestOptions } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import type { Act } from "../command-line/tree.ts";
import { readGivenText } from "../config/given-text.ts";
import { CliError } from "../errors.ts";

interface ReadyValues {
  readonly wait: string | undefined;
  readonly timeout: number;
  readonly cacert: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Between two questions. */
const PAUSE_MS = 100;
/** For one answer. */
const ANSWER_MS = 5000;
const MOST_BYTES = 10_000;

export const ready: Act<ReadyValues> = async ({ options }, terminal) => {
  const url = readyzOf(options.wait);
  const tls = tlsOf(options, url);
  const deadline = performance.now() + options.timeout * 1000;
  for (;;) {
    // The pause may have taken longer than the time that was left, as on a machine that stood still.
    const left = options.timeout > 0 ? Math.max(PAUSE_MS, deadline - performance.now()) : ANSWER_MS;
    const why = await ask(
      url,
      tls,
      AbortSignal.any([terminal.stop, AbortSignal.timeout(Math.ceil(Math.min(left, ANSWER_MS)))]),
    );
    if (why === undefined) {
      terminal.print(`${url.origin} is ready`);
      return 0;
    }
    if (terminal.stop.aborted) return 1;
    if (why.isFinal || performance.now() + PAUSE_MS >= deadline) {
      const waited = options.timeout > 0 && !why.isFinal ? ` after ${options.timeout} s` : "";
      throw new CliError("not-answered", `${url.origin} is not ready${waited}: ${why.words}`);
    }
    await wait(PAUSE_MS, undefined, { signal: terminal.stop }).catch(() => undefined);
  }
};

/** Whoever has the address of the API may give that. */
function readyzOf(typed: string | undefined): URL {
  if (typed === undefined) throw new CliError("usage", "which server? --wait http://127.0.0.1:8700, for one");
  const url = URL.parse(typed);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new CliError("usage", `--wait takes an address that begins with http:// or https://, not '${typed}'`);
  }
  const base = url.pathname.replace(/\/(?:messageexchange\/?|readyz)?$/, "");
  return new URL(`${base}/readyz`, url.origin);
}

function tlsOf({ cacert, cert, key }: ReadyValues, { protocol }: URL): RequestOptions {
  if ((cert === undefined) !== (key === undefined)) throw new CliError("usage", "--cert and --key go together");
  if (protocol === "http:") {
    if (cacert !== undefined || cert !== undefined)
      throw new CliError("usage", "--cacert, --cert and --key are of https");
    return {};
  }
  return {
    ...(cacert !== undefined && { ca: readGivenText(cacert) }),
    ...(cert !== undefined && key !== undefined && { cert: readGivenText(cert), key: readGivenText(key) }),
  };
}

/** Why it is not ready. Final: to wait would not help. */
interface NotReady {
  readonly words: string;
  readonly isFinal: boolean;
}

async function ask(url: URL, tls: RequestOptions, signal: AbortSignal): Promise<NotReady | undefined> {
  try {
    const { status, body } = await answerOf(url, { ...tls, agent: false, signal });
    if (status === 200) return undefined;
    const failing = failingIn(body);
    if (failing !== undefined) return { words: `it says so itself (${failing})`, isFinal: false };
    return { words: `it answers ${status}: no server of Restante, or one behind something else`, isFinal: false };
  } catch (cause) {
    return wordsFor(cause);
  }
}

function answerOf(url: URL, options: RequestOptions): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? getSecurely : get)(url, options, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        body = (body + piece).slice(0, MOST_BYTES);
      });
      answer.once("error", reject);
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    request.once("error", reject);
  });
}

function failingIn(body: string): string | undefined {
  try {
    const { failing } = JSON.parse(body) as { failing?: unknown };
    return Array.isArray(failing) ? failing.join(", ") : undefined;
  } catch {
    return undefined;
  }
}

function wordsFor(cause: unknown): NotReady {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return { words: "nothing listens there", isFinal: false };
  if (code === "ECONNRESET")
    return { words: "it cut the connection: perhaps it speaks https:// there", isFinal: false };
  if (code === "ABORT_ERR") return { words: "it does not answer", isFinal: false };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return { words: "its certificate is of another name", isFinal: true };
  if (code.includes("_ALERT_")) {
    return { words: `it asks for a client's certificate that it trusts (${code}): --cert and --key`, isFinal: true };
  }
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER/.test(code)) {
    return { words: `its certificate is not trusted (${code}): name who issued it with --cacert`, isFinal: true };
  }
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "EPROTO") {
    return { words: "it does not speak HTTPS there: http:// is another port", isFinal: true };
  }
  return { words: code === "" ? message : code, isFinal: false };
}
