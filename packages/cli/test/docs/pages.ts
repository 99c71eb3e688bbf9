import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The top of the repository, with a slash at its end. */
export const top: string = fileURLToPath(new URL("../../../../", import.meta.url));

/** A ``` block of a page. */
export interface CodeBlock {
  /** From the top of the repository. */
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** What the page takes as given for it, in a comment `<!-- given: ... -->` right above it that no reader sees. */
  readonly given: string | undefined;
}

export interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Every page that is written for people, from the top of the repository. */
export function pages(): string[] {
  const written = ["*.md", "docs/**/*.md", "examples/*.md", "packages/*/*.md", "tools/*/*.md"];
  return globSync(written, { cwd: top }).toSorted();
}

export function readPage(page: string): string {
  return readFileSync(`${top}${page}`, "utf8");
}

export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const text = readPage(page);
  const comment = String.raw`(?:^<!-- given:\n(?<given>(?:(?!-->)[^])*)-->\n\n?)?`;
  const block = String.raw`^(?<indent> *)\`\`\`(?<language>\w*)\n(?<code>[^]*?)^\k<indent>\`\`\`$`;
  for (const match of text.matchAll(new RegExp(comment + block, "gm"))) {
    const { given, indent = "", language = "", code = "" } = match.groups ?? {};
    const before = text.slice(0, match.index + match[0].indexOf("```"));
    blocks.push({
      page,
      line: before.split("\n").length + 1,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      given,
    });
  }
  return blocks;
}

/** Links and pictures in the text, not in its code. */
export function links(page: string): Link[] {
  let inCode = false;
  return readPage(page)
    .split("\n")
    .flatMap((line, index) => {
      if (/^ *```/.test(line)) inCode = !inCode;
      if (inCode) return [];
      const found = line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g);
      return Array.from(found, ([, target = ""]) => ({ page, line: index + 1, target }));
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): string[] {
  const seen = new Map<string, number>();
  return readPage(page)
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) => {
      const words = line.replace(/^#+ /, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
      const anchor = words
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-");
      const times = seen.get(anchor) ?? 0;
      seen.set(anchor, times + 1);
      return times === 0 ? anchor : `${anchor}-${times}`;
    });
}
