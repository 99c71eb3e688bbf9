import type { MailboxId } from "@restante/mesh";
import { errorOf } from "./answers.ts";
import { privateTextsOf } from "./server-words.ts";
import { type OnRetry, type Operation, type RetryPolicy, withRetries } from "./retries.ts";
import type { Answer, Transport, TransportRequest } from "./transport.ts";

/** What the operations share: who we are, and how a request is made and answered. */
export interface Connection {
  readonly mailboxId: MailboxId;
  /** `/messageexchange/<mailbox>` */
  readonly mailboxPath: string;
  /**
   * Makes a request and gives its answer if the status is one of `expected` (200 if absent). Any other status, or no answer,
   * is a MeshClientError. A repeatable request is retried.
   */
  request(request: ConnectionRequest): Promise<Answer>;
}

export interface ConnectionRequest extends Omit<TransportRequest, "headers"> {
  readonly operation: Operation;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expected?: readonly number[];
  /** Endpoint lookup and workflow search take no Authorization. */
  readonly anonymous?: boolean;
  /** Not to be retried although it is repeatable: its body can be read once. */
  readonly tryOnce?: boolean;
  /** What the path or query may say of a patient, so that no error repeats it. The headers are known to. */
  readonly privateTexts?: readonly string[];
}

export function createConnection({
  transport,
  mailboxId,
  nextToken,
  retries,
  onRetry = () => undefined,
}: {
  transport: Transport;
  mailboxId: MailboxId;
  nextToken: () => string;
  retries: RetryPolicy;
  onRetry?: OnRetry | undefined;
}): Connection {
  async function once({
    expected = [200],
    anonymous = false,
    privateTexts = [],
    ...request
  }: Omit<ConnectionRequest, "operation">): Promise<Answer> {
    const answer = await transport.exchange({
      ...request,
      headers: {
        accept: "application/vnd.mesh.v2+json",
        ...request.headers,
        // A token is good for one request: each attempt has its own.
        ...(anonymous ? {} : { authorization: nextToken() }),
      },
    });
    if (expected.includes(answer.status)) return answer;
    const { repeatable, headers = {} } = request;
    throw await errorOf(answer, { repeatable, privateTexts: [...privateTexts, ...privateTextsOf(headers)] });
  }

  return {
    mailboxId,
    mailboxPath: `/messageexchange/${encodeURIComponent(mailboxId)}`,
    request: async ({ tryOnce = false, operation, ...request }) =>
      request.repeatable && !tryOnce
        ? withRetries(() => once(request), {
            policy: retries,
            signal: request.signal,
            tell: (failed) => onRetry({ operation, ...failed }),
          })
        : once(request),
  };
}
