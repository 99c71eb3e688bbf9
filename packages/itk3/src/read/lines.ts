/** Tells lines and columns of a text, both from 1, to one who goes through it once from its beginning. */
export class Lines {
  line = 1;
  /** In characters: a surrogate pair is one. */
  column = 1;
  readonly #text: string;
  readonly #returns: boolean;
  readonly #ends = /\r\n?|\n/g;
  readonly #pairs: boolean;
  #begin = 0;
  /** Offset behind the next line end; no number ends the last line. */
  #end: number;
  /** Where the line was last asked for, and the pairs before that. */
  #seen = 0;
  #pairsSeen = 0;

  constructor(text: string) {
    this.#text = text;
    this.#returns = text.includes("\r");
    this.#pairs = /[\udc00-\udfff]/.test(text);
    this.#end = this.#lineEnd(0);
  }

  /** To an offset not before the last one. */
  moveTo(offset: number): void {
    while (this.#end <= offset) {
      this.line += 1;
      this.#begin = this.#end;
      this.#seen = this.#begin;
      this.#pairsSeen = 0;
      this.#end = this.#lineEnd(this.#begin);
    }
    this.column = offset - this.#begin + 1;
    if (this.#pairs) this.column -= this.#pairsBefore(offset);
  }

  #lineEnd(from: number): number {
    if (!this.#returns) {
      const feed = this.#text.indexOf("\n", from);
      return feed === -1 ? Number.POSITIVE_INFINITY : feed + 1;
    }
    this.#ends.lastIndex = from;
    return this.#ends.test(this.#text) ? this.#ends.lastIndex : Number.POSITIVE_INFINITY;
  }

  #pairsBefore(offset: number): number {
    for (; this.#seen < offset; this.#seen += 1) {
      if ((this.#text.charCodeAt(this.#seen) & 0xfc00) === 0xdc00) this.#pairsSeen += 1;
    }
    return this.#pairsSeen;
  }
}
