// What the functions that take a message, or what was read of one, are given. Only the outline is looked at: what a
// message holds is for the check to judge.
import { type CheckOptions, strictnesses } from "../check/check-options.ts";
import { documentUseCases, type EnvelopeToCheck } from "../check/rule.ts";
import type { Itk3Message, ReadResult } from "../message/model.ts";
import type { ReadOptions } from "../message/read-options.ts";
import { placeOf, problemList } from "./problems.ts";
import { both, fields, isRecord, list, optional, type Shape } from "./shapes.ts";
import { oneOf } from "./values.ts";

const object: Shape = (value, at) => {
  if (!isRecord(value)) at.tell("must be an object");
};

/** Of hundreds of thousands at times, so that no place is made for each. */
const objects: Shape = (value, at) => {
  if (!Array.isArray(value) || !value.every(isRecord)) at.tell("must be a list of objects");
};

const bundle: Shape = both(object, (value, at) => {
  const { resourceType, entry } = value as Record<string, unknown>;
  if (resourceType !== "Bundle") at.tell("must be a Bundle");
  optional(objects)(entry, at.field("entry"));
});

const message: Shape = (value, at) => {
  if (!isRecord(value)) return at.tell("must be a message, such as readMessage finds");
  bundle(value["bundle"], at.field("bundle"));
  for (const name of ["header", "handling"]) object(value[name], at.field(name));
  for (const name of ["attachments", "issues"]) objects(value[name], at.field(name));
};

const remains = fields<Pick<NonNullable<ReadResult["remains"]>, "handling">>({ handling: object });

const messageOrRead: Shape = (value, at) => {
  if (!isRecord(value)) return at.tell("must be what readMessage returns, or a message of it");
  if ("bundle" in value) return message(value, at);
  optional(message)(value["message"], at.field("message"));
  optional(remains)(value["remains"], at.field("remains"));
  objects(value["issues"], at.field("issues"));
};

const word: Shape = (value, at) => {
  if (typeof value !== "string") at.tell("must be text");
};

const envelope = fields<EnvelopeToCheck>({
  from: optional(word),
  to: optional(word),
  workflowId: optional(word),
  subject: optional(word),
  localId: optional(word),
});

const checkOptions = fields<CheckOptions>({
  envelope: optional(envelope),
  generation: optional(oneOf(1, 2)),
  useCase: optional(oneOf(...documentUseCases, "response")),
  strictness: optional(oneOf(...strictnesses)),
  doesNotTake: optional(list(oneOf(...documentUseCases))),
});

// No number is a limit too: one that lets nothing through.
const readOptions = fields<ReadOptions>({
  maxBytes: optional((value, at) => {
    if (typeof value !== "number") at.tell("must be a number");
  }),
});

const content: Shape = (value, at) => {
  if (!(value instanceof Uint8Array)) at.tell("must be a Uint8Array: a message is read from its bytes");
};

/** Throws Itk3Error `input-invalid` unless each value is as its shape says. */
function refuseUnless(...looks: readonly (readonly [path: string, value: unknown, shape: Shape])[]): void {
  const problems = problemList();
  for (const [path, value, shape] of looks) shape(value, placeOf(problems, path));
  problems.refuse();
}

export function refuseUnreadable(bytes: unknown, options: unknown): void {
  refuseUnless(["bytes", bytes, content], ["options", options, readOptions]);
}

export function refuseNoBytes(bytes: unknown): void {
  refuseUnless(["content", bytes, content]);
}

export function refuseNoBundle(given: unknown): void {
  refuseUnless(["bundle", given, bundle]);
}

export function refuseNoMessage(given: unknown): void {
  refuseUnless(["message", given, message]);
}

/** `input` is a message or what was read; `options` are those of a check. */
export function refuseUncheckable(input: Itk3Message | ReadResult, options: unknown): void {
  refuseUnless(["input", input, messageOrRead], ["options", options, checkOptions]);
}

export function refuseNothingRead(input: unknown): void {
  refuseUnless(["input", input, messageOrRead]);
}

export function refuseUnanswerable(read: unknown, input: unknown): void {
  refuseUnless(
    ["read", read, messageOrRead],
    ["input", input, fields<{ check?: CheckOptions }>({ check: optional(checkOptions) })],
  );
}

export function refuseUnasked(read: unknown, given: unknown): void {
  refuseUnless(["read", read, messageOrRead], ["envelope", given, optional(envelope)]);
}
