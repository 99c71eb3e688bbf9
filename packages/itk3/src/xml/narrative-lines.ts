// What a narrative says, as text alone: for pages that give nobody's HTML to a browser.
import { Refusal } from "../issue.ts";
import { sourceOfText } from "../read/source.ts";
import { tokenise } from "./tokenise.ts";

/**
 * - `row`: of a table; `texts` are its cells. `heading`: all of them are headings. In no table whose cells span several, so that
 *   a cell stands below its heading; such a row is a `text`.
 * - `item`: of a list.
 */
export interface NarrativeLine {
  kind: "text" | "heading" | "item" | "row" | "row-heading";
  /** Without white space around them; one, but for a row. A row may have empty ones. */
  texts: string[];
}

export interface NarrativeLines {
  lines: NarrativeLine[];
  /** There is more than `most` characters. */
  cutOff?: true;
}

const blocks: ReadonlySet<string> = new Set(
  "div p br hr h1 h2 h3 h4 h5 h6 blockquote pre address ul ol li dl dt dd table caption thead tfoot tbody tr td th".split(
    " ",
  ),
);

/**
 * The text of a narrative that was read, line by line, with the words in the place of its pictures; nothing of how it looks.
 * Of a narrative that is none, nothing.
 *
 * @param most so many characters; what is more is left out, a line at a time
 */
export function narrativeLines(div: string | undefined, most = 100_000): NarrativeLines {
  if (div === undefined) return { lines: [] };
  const reader = new LineReader(most);
  const source = sourceOfText(div);
  // The tokeniser passes over text of white space alone, which may stand between two words.
  const spaceBefore = (at: number): void => {
    if (/\s/.test(source.slice(at - 1, at))) reader.text(" ");
  };
  try {
    tokenise(source, {
      open({ name, attributes, start }) {
        spaceBefore(start);
        const spans = ["rowspan", "colspan"].some((across) => (attributes.valueOf(across) ?? "1") !== "1");
        reader.open(name, name === "img" ? (attributes.valueOf("alt") ?? "") : "", spans);
      },
      text: (text) => reader.text(text),
      cdata: (text) => reader.text(text),
      comment: () => undefined,
      instruction: () => undefined,
      close(end) {
        spaceBefore(source.text.lastIndexOf("<", end - 1));
        reader.close();
      },
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { lines: [] };
  }
  return reader.end();
}

interface Table {
  /** Where its first line stands. */
  from: number;
  spans: boolean;
}

class LineReader {
  readonly #most: number;
  readonly #lines: NarrativeLine[] = [];
  readonly #open: string[] = [];
  readonly #tables: Table[] = [];
  #characters = 0;
  #cutOff = false;
  #text = "";
  /** Of the row that is open; a table within a cell is text of that cell. */
  #row: { depth: number; cells: string[]; headings: boolean } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  open(name: string, alt: string, spans: boolean): void {
    this.#open.push(name);
    if (this.#row === undefined) {
      if (blocks.has(name)) this.#flush();
      if (name === "table") this.#tables.push({ from: this.#lines.length, spans: false });
      if (name === "tr" && this.#tables.length > 0) this.#row = { depth: this.#open.length, cells: [], headings: true };
    } else if (this.#isCell()) {
      this.#text = "";
      if (name === "td") this.#row.headings = false;
      const table = this.#tables.at(-1);
      if (spans && table !== undefined) table.spans = true;
    } else if (blocks.has(name)) this.#text += " ";
    if (alt !== "") this.#text += ` [Picture: ${alt}] `;
  }

  text(text: string): void {
    this.#text += text;
  }

  close(): void {
    const name = this.#open.at(-1) ?? "";
    const row = this.#row;
    if (row === undefined) {
      if (blocks.has(name)) this.#flush(kindOf(name));
      if (name === "table") this.#endTable();
    } else if (this.#open.length === row.depth) {
      this.#row = undefined;
      this.#text = "";
      if (row.cells.some((cell) => cell !== "")) this.#add(row.headings ? "row-heading" : "row", row.cells);
    } else if (this.#isCell()) {
      row.cells.push(collapsed(this.#text));
      this.#text = "";
    } else if (blocks.has(name)) this.#text += " ";
    this.#open.pop();
  }

  end(): NarrativeLines {
    this.#flush();
    return { lines: this.#lines, ...(this.#cutOff && { cutOff: true as const }) };
  }

  #isCell(): boolean {
    return this.#open.length === (this.#row?.depth ?? 0) + 1 && /^t[dh]$/.test(this.#open.at(-1) ?? "");
  }

  /** Which cell a cell stands below can no longer be said: its rows are read one after the other. */
  #endTable(): void {
    const table = this.#tables.pop();
    if (table?.spans !== true) return;
    for (const line of this.#lines.slice(table.from)) {
      if (!line.kind.startsWith("row")) continue;
      line.kind = "text";
      line.texts = [line.texts.filter((text) => text !== "").join(" | ")];
    }
  }

  #flush(kind: NarrativeLine["kind"] = this.#open.includes("li") ? "item" : "text"): void {
    const text = collapsed(this.#text);
    this.#text = "";
    if (text !== "") this.#add(kind, [text]);
  }

  #add(kind: NarrativeLine["kind"], texts: string[]): void {
    this.#characters += texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#characters > this.#most) this.#cutOff = true;
    if (!this.#cutOff) this.#lines.push({ kind, texts });
  }
}

function kindOf(name: string): NarrativeLine["kind"] | undefined {
  if (/^(?:h[1-6]|dt|caption)$/.test(name)) return "heading";
  return undefined;
}

function collapsed(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
