import type { Signals } from "./stop.ts";

/** Where a command writes and how it is told to stop. */
export interface Terminal extends Signals {
  /** One line for the person who typed the command. */
  readonly print: (line: string) => void;
  /** One line on the error stream. */
  readonly complain: (line: string) => void;
  /** Text as it is, for a person or for the next program in a pipe. Resolves when more may be written. */
  readonly write: (text: string) => Promise<void>;
  /** How far it is, on the error stream; the next replaces it, "" clears it. Shown only where a person is looking. */
  readonly progress: (line: string) => void;
  readonly paint: Paint;
  readonly columns: number;
  /** What is typed, or given by another program or a file. */
  readonly input: Input;
}

/** What is used of a stream that may be a terminal. */
export interface Input extends NodeJS.EventEmitter {
  readonly isTTY: boolean;
  setRawMode(isRaw: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  pause(): unknown;
}

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
}

export const plain: Paint = {
  bold: String,
  dim: String,
  green: String,
  red: String,
  yellow: String,
  blue: String,
};

const coloured: Paint = {
  bold: (text) => `\u001B[1m${text}\u001B[22m`,
  dim: (text) => `\u001B[2m${text}\u001B[22m`,
  green: (text) => `\u001B[32m${text}\u001B[39m`,
  red: (text) => `\u001B[31m${text}\u001B[39m`,
  yellow: (text) => `\u001B[33m${text}\u001B[39m`,
  blue: (text) => `\u001B[34m${text}\u001B[39m`,
};

// oxlint-disable-next-line no-control-regex -- the codes of `coloured`, and no others
const colourCodes = /\u001B\[(?:1|2|22|31|32|33|34|39)m/g;

/**
 * Colour only where a person is looking (no-color.org). The two streams may go to different places: what is painted for
 * the one that a person looks at is without its colours on the other.
 */
export function processTerminal(process: NodeJS.Process, signals: Signals): Terminal {
  const wanted = !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  const fit = (stream: NodeJS.WriteStream, text: string): string =>
    wanted && stream.isTTY ? text : text.replaceAll(colourCodes, "");
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The next program in the pipe has seen enough (`restante check FOLDER | head`): nothing is left to be done.
    if (error.code === "EPIPE") process.exit(1);
    // Anything else, such as a full disk behind a redirection, loses a line; it must not end what runs.
  });
  return {
    print: (line) => void process.stdout.write(`${fit(process.stdout, line)}\n`),
    complain: (line) => void process.stderr.write(`${fit(process.stderr, line)}\n`),
    write: (text) => new Promise((resolve) => process.stdout.write(fit(process.stdout, text), () => resolve())),
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    },
    paint: wanted && (process.stdout.isTTY || process.stderr.isTTY) ? coloured : plain,
    columns: process.stdout.columns || 120,
    // Opened where it is asked for: of most commands nobody reads it.
    get input() {
      return process.stdin;
    },
    ...signals,
  };
}
