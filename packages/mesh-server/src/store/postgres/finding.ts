// What a doctor says of one thing, in a line.

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `warn`: it holds now, and may not later, or is dearer than it need be. `fault`: it does not hold. */
  readonly state: "ok" | "warn" | "fault";
  readonly words: string;
}

export function ok(check: string, words: string): Finding {
  return { check, state: "ok", words };
}

export function warn(check: string, words: string): Finding {
  return { check, state: "warn", words };
}

export function fault(check: string, words: string): Finding {
  return { check, state: "fault", words };
}

export function worst(check: string, faults: readonly string[], warnings: readonly string[], well: string): Finding {
  if (faults.length > 0) return fault(check, [...faults, ...warnings].join("; "));
  return warnings.length > 0 ? warn(check, warnings.join("; ")) : ok(check, well);
}
