import { constants, isUtf8 } from "node:buffer";
import { Refusal } from "../issue.ts";
import { fileTypeOf } from "../message/file-type.ts";
import type { IssueCode } from "../issue.ts";
import { type Source, sourceOfBytes } from "./source.ts";

/** @throws Refusal where there is nothing, too much, or no UTF-8. */
export function decodeText(bytes: Uint8Array, maxBytes: number): Source {
  // Turned round, so that a limit that is no number is no licence.
  if (!(bytes.byteLength <= maxBytes)) refuse("too-large", `The message is larger than ${maxBytes} bytes.`);
  if (bytes.byteLength === 0) refuse("empty", "The message is empty.");
  const type = startsAsText(bytes) ? undefined : fileTypeOf(bytes);
  if (type !== undefined) refuse("not-well-formed", `The message is a file of type ${type}: neither XML nor JSON.`);
  const [first, second] = bytes;
  const wide =
    (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe) || first === 0 || second === 0;
  if (wide) refuse("encoding", "The message is UTF-16 or UTF-32: a FHIR message is UTF-8.");
  // Longer than a string can be is longer than any letter: it is not looked at.
  if (bytes.byteLength > constants.MAX_STRING_LENGTH || !isUtf8(bytes)) {
    refuse("encoding", "The message is not valid UTF-8.");
  }
  if (!hasByteOrderMark(bytes)) return sourceOfBytes(bytes);
  const rest = bytes.subarray(3);
  if (hasByteOrderMark(rest)) refuse("encoding", "The message begins with more than one byte order mark.");
  return sourceOfBytes(rest);
}

function hasByteOrderMark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

/** `<` or `{`: what comes after it may well hold the beginning of a PDF. */
function startsAsText([first]: Uint8Array): boolean {
  return first === 0x3c || first === 0x7b;
}

function refuse(code: IssueCode, text: string): never {
  throw new Refusal({ severity: "error", code, location: "", text });
}
