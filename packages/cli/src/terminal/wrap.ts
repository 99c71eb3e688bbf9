/**
 * Lines of at most `width` characters, broken between words; the first stands behind `head`, the others below the first, or
 * by `inset` further in.
 */
export function wrap(text: string, head: string, width: number, inset: number = 0): string[] {
  const margin = " ".repeat(head.length + inset);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && margin.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((part, index) => `${index === 0 ? head : margin}${part}`);
}

const narrowest = 50;

/** A command's help for a window: what is written in longer lines is broken between words, options below their words. */
export function fitted(help: string, columns: number): string {
  const width = Math.max(columns, narrowest);
  return paragraphsOf(help)
    .flatMap((paragraph) => {
      const [, head = "", text = paragraph] = /^( {2}\S.*? {2,}| {2})(\S.*)$/.exec(paragraph) ?? [];
      // An example goes on further in: below itself it would be another one.
      return wrap(text, head, width, head === "  " ? 2 : 0);
    })
    .join("\n");
}

/** One line a paragraph or option: a line goes on with the next unless an option or an empty line is there. */
function paragraphsOf(help: string): string[] {
  const paragraphs: string[] = [];
  let goesOn = false;
  for (const line of help.split("\n")) {
    const isOption = /^ {2}\S/.test(line);
    if (goesOn && line !== "" && !isOption) paragraphs.push(`${paragraphs.pop() ?? ""} ${line.trim()}`);
    else paragraphs.push(line);
    goesOn = line !== "";
  }
  return paragraphs;
}
