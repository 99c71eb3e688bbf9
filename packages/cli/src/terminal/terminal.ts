/** Where a command writes and how it is told to stop. */
export interface Terminal {
  /** One line for the person who typed the command. */
  readonly print: (line: string) => void;
  /** One line on the error stream. */
  readonly complain: (line: string) => void;
  readonly paint: Paint;
  readonly columns: number;
  /** Aborted when the person (Ctrl-C), the system (SIGTERM) or the end of the parent asks the command to stop. */
  readonly stop: AbortSignal;
}

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
}

const plain: Paint = {
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

/** Colour only where a person is looking (no-color.org). */
export function processTerminal(process: NodeJS.Process, stop: AbortSignal): Terminal {
  const colour = process.stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    paint: colour ? coloured : plain,
    columns: process.stdout.columns ?? 120,
    stop,
  };
}
