const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * `text` with what its references stand for: a character by its number, and the five entities that XML has by itself.
 * Undefined where one is of another kind, or an ampersand begins none.
 */
export function withoutReferences(text: string): string | undefined {
  let wrong = false;
  const plain = text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#([0-9]+)|#x([0-9a-fA-F]+));|&/g,
    (_, name?: string, decimal?: string, hexadecimal?: string) => {
      const character = name === undefined ? characterOf(Number(decimal ?? `0x${hexadecimal ?? "0"}`)) : named[name];
      wrong ||= character === undefined;
      return character ?? "";
    },
  );
  return wrong ? undefined : plain;
}

/** XML 1.0, Char. */
function characterOf(code: number): string | undefined {
  const allowed =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x1_0000 && code <= 0x10_ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
