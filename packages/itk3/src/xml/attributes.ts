/** More are looked up rather than compared. */
const manyAttributes = 8;

/** The attributes of one start tag, in the order in which they are written; `clear` makes room for those of the next. */
export class Attributes {
  count = 0;
  /** Whether one declares a namespace or has a prefix. */
  isQualified = false;
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  readonly #looked = new Set<string>();

  name(index: number): string {
    return this.#names[index] ?? "";
  }

  value(index: number): string {
    return this.#values[index] ?? "";
  }

  /** Undefined where there is none of the name. */
  valueOf(name: string): string | undefined {
    for (let index = 0; index < this.count; index += 1) if (this.#names[index] === name) return this.#values[index];
    return undefined;
  }

  clear(): void {
    this.count = 0;
    this.isQualified = false;
    if (this.#looked.size > 0) this.#looked.clear();
  }

  /** Returns false, and adds nothing, where there is one of the name. */
  add(name: string, value: string): boolean {
    if (this.#has(name)) return false;
    this.#names[this.count] = name;
    this.#values[this.count] = value;
    this.count += 1;
    if (name.startsWith("xmlns") || name.includes(":")) this.isQualified = true;
    return true;
  }

  #has(name: string): boolean {
    if (this.count < manyAttributes) return this.valueOf(name) !== undefined;
    if (this.#looked.size === 0) for (const known of this.#names.slice(0, this.count)) this.#looked.add(known);
    if (this.#looked.has(name)) return true;
    this.#looked.add(name);
    return false;
  }
}
