// How the text of an element is read, and which settings of client.yaml it becomes.
import { posix, win32 } from "node:path";
import { wrongWithPath } from "../config/unusable-paths.ts";

/** A setting that an element becomes, below the top of client.yaml or below its mailbox. */
export interface Put {
  /** As JSON Pointer: `/retries/attempts`. */
  readonly pointer: string;
  readonly value: unknown;
  /** The value is a secret: it is never shown, and stands in a file of its own once it is imported. */
  readonly isSecret?: true;
}

export interface Taken {
  readonly puts: readonly Put[];
  /** What a person is told in the place of what is always said of the element. */
  readonly words?: string;
}

/** What is wrong with the text, to complete the element's name to a sentence; it never quotes the text. */
export interface Wrong {
  readonly problem: string;
}

/** What the reading of one element needs to know of the rest. */
export interface Around {
  /** The folder of the file, absolute: paths are from it. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
}

export type Take = (text: string, around: Around) => Taken | Wrong;

/** A text as it is. */
export function text(pointer: string): Take {
  return (value) => ({ puts: [{ pointer, value }] });
}

export function secret(pointer: string): Take {
  return (value) => ({ puts: [{ pointer, value, isSecret: true }] });
}

/** Y or N, in capitals or not. */
export function flag(pointer: string): Take {
  return (word) => {
    const value = word.toUpperCase();
    if (value !== "Y" && value !== "N") return { problem: "must be Y or N" };
    return { puts: [{ pointer, value: value === "Y" }] };
  };
}

/** A whole number, in the unit that the setting has. */
export function whole(
  pointer: string,
  { from, to, as = (number) => number }: { from: number; to: number; as?: (number: number) => number },
): Take {
  return (word) => {
    const number = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
    if (!(number >= from && number <= to)) return { problem: `must be a whole number from ${from} to ${to}` };
    return { puts: [{ pointer, value: as(number) }] };
  };
}

/** A path, put through `as` where the setting is about a file in it. */
export function path(pointer: string, as: (path: string) => string = (same) => same): Take {
  return (value, around) => {
    const absolute = pathFrom(value, around);
    return typeof absolute === "string" ? { puts: [{ pointer, value: as(absolute) }] } : absolute;
  };
}

/** Absolute; what it is relative to is the folder that the Java client is started in, where its file is. */
export function pathFrom(written: string, { folder, platform }: Around): string | Wrong {
  const problem = wrongWithPath(written);
  if (problem !== undefined) return { problem };
  if (platform === "win32") return win32.resolve(folder, written);
  // Elsewhere a backslash is a part of the name, and a folder of that name would be made.
  if (/^[A-Za-z]:|\\/.test(written)) {
    return { problem: "is a path of Windows, and this machine is none: write where it is here" };
  }
  return posix.resolve(folder, written);
}
