import { createHmac } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { WebhookOptions } from "../unread.ts";
import { failureOfConnection, NoticeFailure } from "./notice-failure.ts";

const answerMs = 10_000;
/** Of an answer nothing is wanted but its status. */
const mostBytes = 65_536;
/** What a receiver has against the notice, and not against whoever asks. */
const ofNotice: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/**
 * Sends a body to a webhook, signed under its secret at the time of the try: docs/notices.md says how a receiver knows it. Its
 * certificate is checked, and nothing that it answers leads anywhere else.
 *
 * @throws NoticeFailure where it does not answer with a status from 200 to 299, within 10 seconds
 */
export async function sendByWebhook(
  { url, secret, ca }: WebhookOptions,
  body: string,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<void> {
  const time = Math.floor(now.getTime() / 1000);
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const request = (url.startsWith("http:") ? overHttp : overHttps)(url, {
    method: "POST",
    agent: false,
    signal: inTime,
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "restante",
      "x-restante-signature": `t=${time},v1=${signatureOf(secret, time, body)}`,
    },
    ...(ca !== undefined && { ca }),
  });
  let status: number;
  try {
    request.end(body);
    // By the signal too: of a connection that is to become another protocol's (101) the request itself says nothing more.
    const [response] = (await once(request, "response", { signal: inTime })) as [IncomingMessage];
    status = response.statusCode ?? 0;
    await readAway(response);
  } catch (error) {
    throw failureOfConnection(error);
  } finally {
    request.destroy();
  }
  if (status >= 200 && status < 300) return;
  const words = status >= 300 && status < 400 ? ": it leads elsewhere, which is not followed" : "";
  throw new NoticeFailure(`http-${status}`, `It answered ${status}${words}.`, { ofNotice: ofNotice.has(status) });
}

export function signatureOf(secret: string, time: number, body: string): string {
  return createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
}

/** It has answered, whatever becomes of the rest. */
async function readAway(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) return;
    }
  } catch {
    // Its status is what counts.
  }
}
