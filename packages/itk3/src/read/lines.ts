import type { Source } from "./source.ts";

/** Tells lines and columns of a text, both from 1, to one who goes through it once from its beginning. */
export class Lines {
  line = 1;
  /** In characters, whatever they are written in: a surrogate pair is one. */
  column = 1;
  readonly #source: Source;
  readonly #returns: boolean;
  readonly #ends = /\r\n?|\n/g;
  #begin = 0;
  /** Offset behind the next line end; no number ends the last line. */
  #end: number;
  /** The first offset not yet passed, of the line or behind it, at which no character begins. */
  #within: number;
  /** How many such of the line were passed. */
  #passed = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#returns = source.text.includes("\r");
    this.#end = this.#lineEnd(0);
    this.#within = source.nextWithin(0);
  }

  /** To an offset not before the last one. */
  moveTo(offset: number): void {
    if (this.#end <= offset) this.#enterLineOf(offset);
    while (this.#within < offset) {
      this.#passed += 1;
      this.#within = this.#source.nextWithin(this.#within + 1);
    }
    this.column = offset - this.#begin + 1 - this.#passed;
  }

  #enterLineOf(offset: number): void {
    while (this.#end <= offset) {
      this.line += 1;
      this.#begin = this.#end;
      this.#end = this.#lineEnd(this.#begin);
    }
    this.#passed = 0;
    if (this.#within < this.#begin) this.#within = this.#source.nextWithin(this.#begin);
  }

  #lineEnd(from: number): number {
    const { text } = this.#source;
    if (!this.#returns) {
      const feed = text.indexOf("\n", from);
      return feed === -1 ? Number.POSITIVE_INFINITY : feed + 1;
    }
    this.#ends.lastIndex = from;
    return this.#ends.test(text) ? this.#ends.lastIndex : Number.POSITIVE_INFINITY;
  }
}
