import { CodedError, type TextPlace } from "@restante/mesh";

/** Something wrong with a file of settings. No part of it quotes what is in the file, which may be a secret or a patient's. */
export interface Problem {
  /** As the person named it; what the value is called, if it came from no file. */
  readonly file: string;
  /** JSON Pointer (RFC 6901); empty for the whole. */
  readonly pointer: string;
  /** Completes file and pointer to a sentence. */
  readonly words: string;
  readonly place?: TextPlace;
}

export type SettingsErrorCode = "settings-invalid";

/** Settings that cannot be used. `problems` has all that is wrong with them, the message the first 50. */
export class SettingsError extends CodedError {
  readonly code: SettingsErrorCode = "settings-invalid";
  readonly problems: readonly Problem[];

  /** @param what is wrong: a plural, such as `The settings` */
  constructor(what: string, problems: readonly Problem[]) {
    super(listed(what, problems.map(problemLine)));
    this.problems = problems;
  }
}

/** `server.yaml /mailboxes/0/odsCode (line 12 column 9) must be ...` */
export function problemLine(problem: Problem): string {
  return `${placeWords(problem)} ${problem.words}`;
}

/** `server.yaml /mailboxes/0/odsCode (line 12 column 9)` */
export function placeWords({ file, pointer, place }: Omit<Problem, "words">): string {
  const name = pointer === "" ? file : `${file} ${pointer}`;
  return place === undefined ? name : `${name} (line ${place.line} column ${place.column})`;
}

/** As many as a person reads at once. */
const SHOWN = 50;

/** Problems one a line, as many as a person reads, below how many there are. */
export function listed(what: string, lines: readonly string[]): string {
  const left = lines.length - SHOWN;
  const shown = [...lines.slice(0, SHOWN), ...(left > 0 ? [`and ${left} more`] : [])];
  const count = lines.length === 1 ? "a problem" : `${lines.length} problems`;
  return [`${what} have ${count}:`, ...shown.map((line) => `  ${line}`)].join("\n");
}
