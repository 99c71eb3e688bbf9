import type { Retry } from "@restante/mesh";

/** What each of them means, and what can be done about it: see {@link errorWords}, and the table in the README. */
export type MeshClientErrorCode =
  | "refused"
  | "unauthorised"
  | "not-found"
  | "gone"
  | "unavailable"
  | "server-failed"
  | "server-certificate"
  | "client-certificate"
  | "unreachable"
  | "proxy"
  | "timed-out"
  | "answer-lost"
  | "aborted"
  | "unexpected-answer"
  | "answer-head-too-large"
  | "body-unreadable"
  | "content-damaged"
  | "data-changed"
  | "too-large"
  | "local-id-not-unique"
  | "request-invalid"
  | "file-unusable"
  | "closed"
  | "folder-in-use"
  | "folder-unusable"
  | "defect";

/** What is true of every error with a code. An error's `message` says what happened in its own case, and `retry` decides. */
export interface ErrorWords {
  readonly what: string;
  /** Which verdicts it comes with, in `retry`. */
  readonly retry: readonly Retry[];
  /** What a person, or a program, can do about it. */
  readonly remedy: string;
}

export const errorWords: Readonly<Record<MeshClientErrorCode, ErrorWords>> = {
  refused: {
    what: "The server understood the request and said no; `status`, and often `event` and `meshCode`, say why.",
    retry: ["never"],
    remedy: "Put right what it names (`field`, `meshCode`), and send it as a new message.",
  },
  unauthorised: {
    what: "401 or 403: mailbox, password, shared key or client certificate is not the right one, or the message is another's.",
    retry: ["never"],
    remedy: "Check mailbox id, password, shared key and certificate, all of one environment, and this machine's clock.",
  },
  "not-found": {
    what: "404: there is no such message, or the server has no such list.",
    retry: ["never", "safe"],
    remedy: "Check the id. A message that was acknowledged or has expired is deleted after 30 days.",
  },
  gone: {
    what: "410: the message is not to be had any more, or not yet: it has expired, failed, or is still being sent.",
    retry: ["never"],
    remedy: "If it has expired, ask its sender for it again.",
  },
  unavailable: {
    what: "425, 429 or 503: the server did not take the request up.",
    retry: ["safe"],
    remedy: "Try again later, after `retryAfterMs` where it is told.",
  },
  "server-failed": {
    what: "Any other 5xx: the server, or a gateway before it, failed.",
    retry: ["safe", "ambiguous"],
    remedy: "Try again later; if it lasts, tell whoever runs the server.",
  },
  "server-certificate": {
    what: "The server could not show that it is the one; nothing was sent.",
    retry: ["never"],
    remedy: "Check `url` and `tls.ca`: the CA must be that of this environment, and the name the server's own.",
  },
  "client-certificate": {
    what: "The server broke off because of the client's certificate.",
    retry: ["never"],
    remedy: "Check that `tls.cert` has not expired, belongs to `tls.key`, and was issued for this environment.",
  },
  unreachable: {
    what: "No connection; nothing was sent.",
    retry: ["safe"],
    remedy: "Check the network, the address and the firewall, and try again.",
  },
  proxy: {
    what: "The proxy between cannot be reached, or opens no way to the server; nothing was sent.",
    retry: ["never", "safe"],
    remedy: "Check `proxy`, its sign-in, and that it lets this server through.",
  },
  "timed-out": {
    what: "No whole answer came in time.",
    retry: ["safe", "ambiguous"],
    remedy: "Try again; if it lasts, allow more time (`timeouts`) or send smaller chunks.",
  },
  "answer-lost": {
    what: "The connection broke before the whole answer came.",
    retry: ["safe", "ambiguous"],
    remedy: "Try again.",
  },
  aborted: {
    what: "The caller gave the call up.",
    retry: ["safe", "ambiguous"],
    remedy: "Call again when it is wanted.",
  },
  "unexpected-answer": {
    what: "An answer that the MESH API does not have.",
    retry: ["never", "safe", "ambiguous"],
    remedy: "Check that `url` is that of a MESH server, and that nothing on the way changes its answers.",
  },
  "answer-head-too-large": {
    what: "The head of the answer is larger than is read here.",
    retry: ["never", "ambiguous"],
    remedy: "Tell whoever runs the server: its headers, or those of the message, are too long.",
  },
  "body-unreadable": {
    what: "The stream or file that was to be sent broke, or could not be read.",
    retry: ["safe", "ambiguous"],
    remedy: "Check that the file is there and can be read; give what is to be sent anew.",
  },
  "content-damaged": {
    what: "A message was received whole and cannot be decompressed. It will never be another.",
    retry: ["never"],
    remedy: "Get it as it is, with `decode: false`, and ask its sender for it again.",
  },
  "data-changed": {
    what: "An upload cannot go on: its data is not what the chunks were that the server has.",
    retry: ["never"],
    remedy: "Give the data as it was, or send it as a new message, without the state: what is incomplete MESH drops.",
  },
  "too-large": {
    what: "A body beyond the limit set.",
    retry: ["never"],
    remedy: "Raise `maxBytes`, or get it as it is, with `decode: false`.",
  },
  "local-id-not-unique": {
    what: "Tracking by local id found several messages (300): the API does not say which.",
    retry: ["never"],
    remedy: "Track by message id, and give each message a local id of its own.",
  },
  "request-invalid": {
    what: "Refused here, before anything was sent; `field` names the option that is wrong.",
    retry: ["never"],
    remedy: "Put the option right that `field` names.",
  },
  "file-unusable": {
    what: "The file that a message is downloaded to cannot be written, or another process downloads the message to it.",
    retry: ["safe"],
    remedy:
      "Make room, let its folder be written to, or wait for the other process, and download again: whole chunks are kept.",
  },
  closed: {
    what: "The client was closed.",
    retry: ["safe", "ambiguous"],
    remedy: "Make a new client.",
  },
  "folder-in-use": {
    what: "The directory client cannot start: another one works on its folder.",
    retry: ["never", "safe"],
    remedy: "Stop the process that the message names, or name another folder.",
  },
  "folder-unusable": {
    what: "The directory client cannot work on its folder.",
    retry: ["never", "safe"],
    remedy: "Do what the message says of the folder.",
  },
  defect: {
    what: "A mistake in this package.",
    retry: ["never", "safe", "ambiguous"],
    remedy: "Report it, with the error's cause.",
  },
};

const doubt = "It may have been accepted: find out (`trackByLocalId`, `listSent`) before it is sent again.";
const accepted = "It was accepted: do not send it again. Find its id with `trackByLocalId` or `listSent`.";

/** What to do after a failure. Where a send may have arrived, that comes before everything else. */
export function remedyOf(code: MeshClientErrorCode, retry: Retry, status: number | undefined): string {
  if (retry !== "ambiguous") return errorWords[code].remedy;
  return status !== undefined && status >= 200 && status < 300 ? accepted : doubt;
}
