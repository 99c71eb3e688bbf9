// x-request-id: a request's own name, by which its client finds it in our log. Taken if it is harmless, made if it is not
// there or is not, and always given back.
//
// It is the client's text, so in an event stands only one that a machine made: a UUID, a trace's id, hex digits in groups.
// A person's name is none, and one that holds an NHS number is left out.

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { holdsNhsNumber } from "@restante/mesh";

export const REQUEST_ID = "x-request-id";

const harmless = /^[A-Za-z0-9._:=+/-]{1,128}$/;
const madeByMachine = /^(?=.{16})[0-9A-F]+(-[0-9A-F]+)*$/i;

export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === "string" && harmless.test(given) ? given : randomUUID();
}

/** Undefined for one that may say something of somebody. */
export function tellableRequestId(id: string): string | undefined {
  return madeByMachine.test(id) && !holdsNhsNumber(id) ? id : undefined;
}
