import { characterCount, hasControlCharacter, isMessageId, type MessageId } from "@restante/mesh";
import { MeshClientError } from "./mesh-client-error.ts";

// What a caller gives is checked before anything is sent, so that a mistake is told as one, by the name of its field.
// What is in the field is never repeated: it may name a patient.

export function invalid(field: string, problem: string): MeshClientError {
  return new MeshClientError("request-invalid", `${field}: ${problem}.`, { field });
}

/** An object of options, whatever is in it. */
export function checkOptions(field: string, value: unknown): void {
  if (typeof value !== "object" || value === null) throw invalid(field, "an object is needed");
}

/** Text that can stand in a header: no control characters, no half characters, of so many characters. */
export function checkText(
  field: string,
  value: unknown,
  { atLeast = 0, atMost }: { atLeast?: number; atMost: number },
): asserts value is string {
  if (typeof value !== "string") throw invalid(field, value === undefined ? "is missing" : "text is needed");
  if (hasControlCharacter(value)) throw invalid(field, "control characters, such as line breaks, are not allowed");
  if (!value.isWellFormed()) throw invalid(field, "it holds half a character");
  if (value.trim().length < atLeast) throw invalid(field, "is empty");
  const characters = characterCount(value);
  if (characters > atMost) throw invalid(field, `has ${characters} characters, at most ${atMost} are allowed`);
}

export function checkOptionalText(field: string, value: unknown, limits: { atLeast?: number; atMost: number }): void {
  if (value !== undefined) checkText(field, value, limits);
}

/** A whole number. */
export function checkNumber(field: string, value: unknown, { from, to }: { from: number; to: number }): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) return;
  throw invalid(field, `a whole number from ${from} to ${to} is needed`);
}

/** How much: a number that is not negative, `Infinity` for without end. */
export function checkAmount(field: string, value: unknown): void {
  if (typeof value !== "number" || !(value >= 0)) throw invalid(field, "a number that is not negative is needed");
}

export function checkMessageId(field: string, value: unknown): asserts value is MessageId {
  if (typeof value === "string" && isMessageId(value)) return;
  throw invalid(field, "a message id is needed: 1 to 255 characters, none of them a control character");
}

/** `.` and `..` cannot be sent as a part of a path: however they are written, they are taken for a folder. */
export function checkPathSegment(field: string, value: string): void {
  if (value === "." || value === "..") throw invalid(field, "it cannot stand in a URL");
}

export function checkSignal(value: unknown): void {
  if (value === undefined || value instanceof AbortSignal) return;
  throw invalid("signal", "an AbortSignal is needed");
}
