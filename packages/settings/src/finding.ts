/** Something wrong with a value, by where in it that is. */
export interface Finding {
  /** JSON Pointer (RFC 6901) to what is wrong or missing; empty for the whole. */
  readonly pointer: string;
  /** Completes the pointer to a sentence: `must be true or false`. Never quotes what is there: it may be a secret, or a patient's. */
  readonly words: string;
  /** The pointer to the line that is told, where it is not `pointer`. */
  readonly at?: string;
  /** A second place, told after the words with its line. */
  readonly other?: string;
}
