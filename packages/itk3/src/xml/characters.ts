/** Characters that XML 1.0 cannot hold; halves of surrogate pairs are others. */
// oxlint-disable-next-line no-control-regex -- they are control characters
export const forbidden: RegExp = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Whether XML 1.0 can hold `text`: no control characters but tab and line ends, no half of a surrogate pair. */
export function isXmlText(text: string): boolean {
  return !forbidden.test(text) && text.isWellFormed();
}

const letters = "A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d";
const more = "\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}";
const first = new RegExp(`^[${letters}${more}]`, "u");
const rest = "\\-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040";
const none = new RegExp(`[^${letters}${more}${rest}]`, "u");
const noneOfToken = new RegExp(`[^${letters}${more}${rest}:]`, "u");

/** Whether `text` is a name without a colon (Namespaces in XML 1.0, NCName). */
export function isPlainName(text: string): boolean {
  return first.test(text) && !none.test(text);
}

/** Whether `text` is a token of the characters of names (XML 1.0, Nmtoken). */
export function isNameToken(text: string): boolean {
  return text !== "" && !noneOfToken.test(text);
}
