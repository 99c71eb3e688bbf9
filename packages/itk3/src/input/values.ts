// The values that inputs are made of.
import { MeshError } from "@restante/mesh";
import { primitiveFault } from "../stu3/primitives.ts";
import { isRelative } from "../stu3/uris.ts";
import { isXmlText } from "../xml/characters.ts";
import { isThere, type Shape } from "./shapes.ts";

/** A value of STU3's primitive type, as text; not blank, and such as XML can hold. */
export function primitive(type: string): Shape {
  return (value, at) => {
    if (!isThere(value, at)) return;
    if (typeof value !== "string") return at.tell("must be text");
    if (value.trim() === "") return at.tell("must not be blank");
    if (!isXmlText(value)) return at.tell("holds a character that XML cannot hold");
    const fault = primitiveFault(type, value);
    if (fault !== undefined) at.tell(fault);
  };
}

export const text: Shape = primitive("string");
export const uri: Shape = primitive("uri");
export const dateTime: Shape = primitive("dateTime");
export const instant: Shape = primitive("instant");

/** Text, and what more is asked of it: `fault` is what is told where it is not so. */
export function textThat(
  holds: (value: string) => boolean,
  fault: string,
  { requirement, shape = text }: { requirement?: string; shape?: Shape } = {},
): Shape {
  return (value, at) => {
    shape(value, at);
    if (at.isRight() && !holds(value as string)) at.tell(fault, requirement);
  };
}

/** Of what names something beyond the message. */
export const absoluteUri: Shape = textThat((value) => !isRelative(value), "must be an absolute URI", { shape: uri });

/** Text that a parser of `@restante/mesh` takes. */
export function parses(parse: (text: string) => unknown): (value: string) => boolean {
  return (value) => {
    try {
      parse(value);
      return true;
    } catch (error) {
      if (error instanceof MeshError) return false;
      throw error;
    }
  };
}

export function oneOf(...values: readonly (string | number)[]): Shape {
  return (value, at) => {
    if (isThere(value, at) && !values.includes(value as string)) at.tell(`must be one of: ${values.join(", ")}`);
  };
}

export const flag: Shape = (value, at) => {
  if (isThere(value, at) && typeof value !== "boolean") at.tell("must be true or false");
};

/** A number; `unsignedInt` from 0, `positiveInt` from 1. */
export function whole(type: "unsignedInt" | "positiveInt"): Shape {
  return (value, at) => {
    if (!isThere(value, at)) return;
    const fault = typeof value === "number" ? primitiveFault(type, String(value)) : "must be a number";
    if (fault !== undefined) at.tell(fault);
  };
}

/** A place in a list, from 0. */
export const position: Shape = (value, at) => {
  if (isThere(value, at) && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
    at.tell("must be a place in the list, a whole number from 0");
  }
};

export const callable: Shape = (value, at) => {
  if (typeof value !== "function") at.tell("must be a function");
};

export const time: Shape = (value, at) => {
  if (!isThere(value, at)) return;
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return at.tell("is no time: it must be a valid Date");
  // A year outside these is written in a form that STU3 does not have.
  if (primitiveFault("instant", value.toISOString()) !== undefined) at.tell("must be of the years 1 to 9999");
};

/** A whole date, `yyyy-mm-dd`. */
export const wholeDate: Shape = textThat(
  (value) => /^\d{4}-\d\d-\d\d$/.test(value) && primitiveFault("date", value) === undefined,
  "is not a whole date as yyyy-mm-dd",
);

/** A name goes into a subject line and into the address that MESH routes by. */
export const line: Shape = (value, at) => {
  if (!isThere(value, at)) return;
  if (typeof value !== "string") return at.tell("must be text");
  if (value.trim() === "") return at.tell("must not be blank");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (value !== value.trim() || /[\u0000-\u001f\u007f\u2028\u2029]/.test(value)) {
    return at.tell("must be one line without spaces around it");
  }
  text(value, at);
};

/** A file's content. */
export const bytes: Shape = (value, at) => {
  if (!isThere(value, at)) return;
  if (!(value instanceof Uint8Array)) return at.tell("must be a Uint8Array");
  if (value.byteLength === 0) at.tell("are empty");
};

/** Such as `image/png`. */
export const mediaType: Shape = textThat(
  (value) => /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/.test(value),
  "must be a media type, such as image/png",
  { shape: primitive("code") },
);
