import { PracticeError } from "../errors.ts";
import type { NoticeOptions, UnreadOptions } from "../unread.ts";
import { minutesOf } from "./working-hours.ts";

/** By hours that are none nothing would ever be told. */
export function refuseOtherUnread(unread: UnreadOptions | undefined): void {
  if (unread === undefined) return;
  const { afterHours, hours } = unread;
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  const isAfter = afterHours >= 1 && afterHours <= 200;
  if (isAfter && from >= 0 && from < to && to <= 24 * 60 && hours.days.some((day) => day >= 1 && day <= 7)) return;
  throw new PracticeError(
    "unread-unknown",
    "A task is unread after 1 to 200 hours of work, on one day of the week at least, from a time to a later one.",
  );
}

const leastSecret = 16;
const thisComputer: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "::1", "localhost"]);

/** A signature under a secret that can be guessed says nothing, and what is not encrypted anybody may change. */
export function refuseOtherNotices({ email, webhooks = [] }: NoticeOptions = {}): void {
  for (const [index, { url, secret }] of webhooks.entries()) {
    const { protocol, hostname } = new URL(url);
    if (secret.length < leastSecret) {
      throw unusable(`The secret of webhook ${index + 1} must have ${leastSecret} characters or more.`);
    }
    if (protocol !== "https:" && !(protocol === "http:" && thisComputer.has(hostname))) {
      throw unusable(`Webhook ${index + 1} must be reached by HTTPS, or be on this computer.`);
    }
  }
  if (email?.security === "none" && !thisComputer.has(email.host)) {
    throw unusable("Email must go over TLS, or to this computer.");
  }
}

function unusable(message: string): PracticeError {
  return new PracticeError("notices-unusable", message);
}
