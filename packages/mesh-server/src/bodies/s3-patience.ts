/** How long a store is waited for, in milliseconds. */
export interface S3Patience {
  connect: number;
  /** From the beginning of a request to that of its answer. A request is tried three times. */
  answer: number;
  /** A request, all its tries. */
  request: number;
  /** The same of what holds up whoever waits for something else: the sweep ends what is left. */
  delete: number;
  /** Between two pieces of an answer. Nothing is counted while nobody asks for more. */
  silence: number;
  /** For its turn, while others' bodies are held or sent: of the time of a request nothing is counted. */
  turn: number;
}

export const patient: S3Patience = {
  connect: 5_000,
  answer: 20_000,
  request: 60_000,
  delete: 10_000,
  silence: 20_000,
  turn: 20_000,
};
