import { validateHeaderValue } from "node:http";

import { ControlError, type Fault } from "@restante/control";

import { readDuration } from "./duration.ts";
import { pointsOf } from "./effects.ts";

/** Nobody waits longer for an answer, and the server holds no request for longer. */
const LONGEST_DELAY_MS = 60 * 60 * 1000;
const LONGEST_BODY = 1024 * 1024;

export interface FaultLimits {
  /** There is a door with TLS, and an expired certificate to show there. */
  canExpireCertificate: boolean;
  /** Absent: any is taken. */
  isMailbox?: (mailboxId: string) => boolean;
}

/** @throws {ControlError} `input-invalid`, with every problem; `mailbox-unknown` */
export function checkFault(fault: Fault, { canExpireCertificate, isMailbox }: FaultLimits): void {
  const problems = [...scopeProblems(fault), ...effectProblems(fault)];
  if (fault.do === "expire-certificate" && !canExpireCertificate) {
    problems.push(
      "do: expire-certificate needs a server that listens with HTTPS and has an expired certificate to show",
    );
  }
  if (problems.length > 0) throw new ControlError("input-invalid", problems.join("; "));
  if (fault.mailbox !== undefined && isMailbox?.(fault.mailbox) === false) {
    throw new ControlError("mailbox-unknown", "mailbox: there is no such mailbox");
  }
}

function scopeProblems({ at, do: effect, mailbox, times, probability, seed }: Fault): string[] {
  const points = pointsOf(effect);
  const problems: string[] = [];
  if (!points.includes(at)) problems.push(`at: ${effect} is done at ${points.join(", ")}, not at ${at}`);
  if (mailbox !== undefined && (at === "lookup" || at === "demographics" || effect === "expire-certificate")) {
    const what =
      effect === "expire-certificate" ? "a connection" : at === "lookup" ? "a lookup" : "a question to demographics";
    problems.push(`mailbox: ${what} is no mailbox's`);
  }
  if (times !== undefined && !isCount(times, 1)) problems.push("times: a whole number from 1 on");
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) problems.push("probability: from 0 to 1");
  if (seed !== undefined && !Number.isSafeInteger(seed)) problems.push("seed: a whole number");
  return problems;
}

function effectProblems(fault: Fault): string[] {
  switch (fault.do) {
    case "status":
      return [
        ...(isCount(fault.status, 200) && fault.status <= 599 ? [] : ["status: from 200 to 599"]),
        ...(fault.retryAfter === undefined || isCount(fault.retryAfter, 0) ? [] : ["retryAfter: whole seconds"]),
        ...(Buffer.byteLength(fault.body ?? "") <= LONGEST_BODY ? [] : [`body: at most ${LONGEST_BODY} bytes`]),
      ];
    case "delay": {
      const least = readDuration(fault.for);
      const most = fault.to === undefined ? least : readDuration(fault.to);
      return [
        ...(isDelay(least) ? [] : ["for: a duration from 0s to 1h, such as 250ms"]),
        ...(isDelay(most) ? [] : ["to: a duration from 0s to 1h, such as 2s"]),
        ...(least !== undefined && most !== undefined && most < least ? ["to: at least as long as for"] : []),
      ];
    }
    case "truncate":
      return fault.bytes === undefined || isCount(fault.bytes, 0) ? [] : ["bytes: a whole number from 0 on"];
    case "dribble":
      return isCount(fault.bytesPerSecond, 1) ? [] : ["bytesPerSecond: a whole number from 1 on"];
    case "content-type":
      return isHeaderValue(fault.contentType) ? [] : ["contentType: cannot be written in a header"];
    case "token-clock":
      return readDuration(fault.by) === undefined ? ["by: a duration, such as 3h or -3h"] : [];
    case "reset":
    case "hang":
    case "lose-answer":
    case "deliver-twice":
    case "mixed-case":
    case "expire-certificate":
    case "down":
      return [];
  }
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function isDelay(milliseconds: number | undefined): boolean {
  return milliseconds === undefined ? false : milliseconds >= 0 && milliseconds <= LONGEST_DELAY_MS;
}

function isHeaderValue(text: string): boolean {
  try {
    validateHeaderValue("content-type", text);
    return text !== "";
  } catch {
    return false;
  }
}
