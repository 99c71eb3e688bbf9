import type { PracticeOrganisation } from "../options.ts";
import type { EmailOptions } from "../unread.ts";
import { failureOfConnection, NoticeFailure } from "./notice-failure.ts";
import type { Batch } from "./receivers.ts";

const answerMs = 15_000;
/** All of it: a server that says a little now and then is no server. */
const wholeMs = 120_000;

/** An email, which names no patient: how many tasks, and where to look. */
export interface Digest {
  subject: string;
  text: string;
}

export function digestOf(
  { event, notices: { length } }: Pick<Batch, "event" | "notices">,
  { name, odsCode }: Pick<PracticeOrganisation, "name" | "odsCode">,
  address: string | undefined,
): Digest {
  const tasks = length === 1 ? "1 task" : `${length} tasks`;
  const [said, what, until] =
    event === "task-overdue"
      ? [
          `${tasks} past the due date`,
          `${tasks} ${length === 1 ? "is" : "are"} open past the due date.`,
          "Each stays there until it is done, or its due date is moved.",
        ]
      : [
          `${tasks} for action not opened in time`,
          `Nobody has opened ${tasks} for action in time.`,
          "Each stays there until somebody has opened it or dealt with it.",
        ];
  const where =
    address === undefined
      ? "Open Not opened in time in the worklist to see which, and who each is assigned to."
      : `To see which, and who each is assigned to, open:\n${address}/unread`;
  return {
    subject: `${name} (${odsCode}): ${said}`,
    text: [
      what,
      where,
      until,
      "The worklist sends such an email once an hour at most. Nobody reads an answer to it.",
    ].join("\n\n"),
  };
}

/**
 * Sends one to one address, over TLS that is checked, unless it goes to this computer alone.
 *
 * @throws NoticeFailure
 */
export async function sendByEmail(
  { host, port, security, user, password, from, ca }: EmailOptions,
  to: string,
  { subject, text, id, now }: Digest & { id: string; now: Date },
  signal: AbortSignal,
  withinMs: number = wholeMs,
): Promise<void> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user !== undefined && { auth: { user, pass: password ?? "" } }),
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
    dnsTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      date: now,
      // The same where it is sent twice, so that a mail system may know it.
      messageId: `<${id}@${from.split("@").at(-1)}>`,
      headers: { "auto-submitted": "auto-generated" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    });
  } catch (error) {
    const status = error instanceof Error && "responseCode" in error ? error.responseCode : undefined;
    if (typeof status === "number") {
      throw new NoticeFailure(`smtp-${status}`, `The mail server answered ${status}.`, { cause: error });
    }
    // Of a certificate that is not trusted it says no more than that.
    const isOfSocket = error instanceof Error && "code" in error && error.code === "ESOCKET";
    throw isOfSocket
      ? new NoticeFailure("unreachable", "It cannot be reached by a connection that is trusted (ESOCKET).", {
          cause: error,
        })
      : failureOfConnection(error);
  } finally {
    transport.close();
  }
}
