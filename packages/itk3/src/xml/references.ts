const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * `text` with what its references stand for: a character by its number, or one of the five entities that XML has by itself.
 * The offset of the first ampersand that begins neither, where there is one.
 */
export function withoutReferences(text: string): string | number {
  let plain = "";
  let from = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", from)) {
    const end = text.indexOf(";", at);
    const character = end === -1 ? undefined : standsFor(text.slice(at + 1, end));
    if (character === undefined) return at;
    plain += text.slice(from, at) + character;
    from = end + 1;
  }
  return plain + text.slice(from);
}

function standsFor(name: string): string | undefined {
  if (!name.startsWith("#")) return named.get(name);
  if (/^#[0-9]+$/.test(name)) return characterOf(Number(name.slice(1)));
  return /^#x[0-9a-fA-F]+$/.test(name) ? characterOf(Number(`0${name.slice(1)}`)) : undefined;
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
