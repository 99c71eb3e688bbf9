/** What one of the two says of a file. */
export interface Problem {
  severity: "error" | "warning" | "information";
  /** Theirs: the id of the message, or its text where it has none. Ours: the id of the finding. */
  kind: string;
  /** `Bundle.entry[2].resource.entry[0].resource.title`: written in one way, whoever says it. */
  place: string;
  line: number | undefined;
  text: string;
}

/** What one of the two says of each file, and how long that took. */
export interface Judged {
  /** By the clock. */
  milliseconds: number;
  /** Of the processor, by the whole process with all its threads, in milliseconds. */
  processor: number;
  problems: readonly Problem[];
}
