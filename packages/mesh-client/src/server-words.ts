// What a server says of a request, made safe to show and to log. A server may quote what was refused, and that may name a
// patient: so whatever also stands in the private parts of the request goes, and whatever looks like a quotation, an NHS
// number or a date of birth. Too much rather than too little.

import {
  decodeHeaderText,
  encodeHeaderText,
  headerNames,
  isRoutingAddress,
  type MexHeaders,
  parseRoutingAddress,
  redactNhsNumbers,
  redactRoutingAddresses,
} from "@restante/mesh";

const privateHeaders: readonly (keyof MexHeaders)[] = ["subject", "localId", "fileName", "partnerId", "processId"];

/** Shorter runs are everywhere by chance; of shorter values the whole goes, where it stands as a word. */
const shortestEcho = 5;
const longestRead = 2000;

/** What the headers of a request may say of a patient. */
export function privateTextsOf(headers: Readonly<Record<string, string>>): string[] {
  const textOf = (header: keyof MexHeaders): string => decodeHeaderText(headers[headerNames[header]] ?? "");
  const to = textOf("to");
  const address = isRoutingAddress(to) ? parseRoutingAddress(to) : undefined;
  const patient = address === undefined ? [] : [to, address.nhsNumber, address.surname];
  const values = [...privateHeaders.map(textOf), ...patient].filter((text) => text !== "");
  return values.concat(values.flatMap(namesIn));
}

/** The words that may be a name, or a part of one, or a number. */
function namesIn(text: string): string[] {
  return (text.match(/[\p{L}\p{N}]{2,}/gu) ?? []).filter((word) => word.toLowerCase() !== word || /\d/.test(word));
}

/** One line of at most so many characters. */
export function safeWords(text: string, privateTexts: readonly string[], atMost: number): string {
  let words = text
    .slice(0, longestRead)
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- a line break would make two lines of one
    .replaceAll(/[\u0000-\u0020\u007F-\u009F\u2028\u2029]+/g, " ")
    .trim();
  words = redactRoutingAddresses(words);
  for (const written of new Set(privateTexts.flatMap(waysToWrite))) words = withoutEchoes(words, written);
  words = redactNhsNumbers(words)
    .replaceAll(/(?<!\d)(\d{8}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?!\d)/g, "\u2026")
    .replaceAll(quotation, (quoted, _mark, inside?: string) => (isHeaderName(inside ?? "") ? quoted : "\u2026"));
  return Array.from(words).slice(0, atMost).join("");
}

/** A header that a server names as the wrong one; undefined if it is no word of ours. */
export function knownField(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const name = text.toLowerCase();
  return isHeaderName(name) || otherFields.has(name) ? name : undefined;
}

/** From a quotation mark before a word to the same one behind a word, or to the end: it may have been cut off. */
const quotation =
  /(?<![\p{L}\p{N}])(["'`\u2018\u201C\u00AB])(?:(.*?)(?:\1|["'\u2019\u201D\u00BB])(?![\p{L}\p{N}])|.*$)/gu;

const knownHeaders: ReadonlySet<string> = new Set([
  ...Object.values(headerNames),
  "accept",
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
]);

const otherFields: ReadonlySet<string> = new Set([
  "chunk_number",
  "continue_from",
  "local_id",
  "mailbox_id",
  "max_results",
  "message_id",
  "messageid",
  "ods_code",
  "workflow_filter",
  "workflow_id",
]);

function isHeaderName(text: string): boolean {
  return knownHeaders.has(text.toLowerCase());
}

/** As it is, as it went over the wire, and as in a URL. */
function waysToWrite(text: string): string[] {
  const ways = [text, encodeHeaderText(text)];
  return text.isWellFormed() ? [...ways, encodeURIComponent(text)] : ways;
}

/** What of the words also stands in `sent`, in whatever case: runs that are long enough, or the whole as a word. */
function withoutEchoes(words: string, sent: string): string {
  const [within, of] = [words.toLowerCase(), sent.trim().toLowerCase()];
  if (of === "") return words;
  // The capitals of some letters are longer than they are: then places in one are not places in the other.
  if (within.length !== words.length) return within.includes(of) ? "\u2026" : words;
  let kept = "";
  for (let at = 0; at < words.length;) {
    const length = of.length < shortestEcho ? wordAt(within, at, of) : echoAt(within, at, of);
    kept += length === 0 ? words[at] : "\u2026";
    at += Math.max(1, length);
  }
  return kept.replaceAll(/\u2026+/g, "\u2026");
}

/** The length of `sent` if it stands there, with neither letter nor digit on either side. */
function wordAt(words: string, at: number, sent: string): number {
  if (!words.startsWith(sent, at)) return 0;
  const beside = [words.charAt(at - 1), words.charAt(at + sent.length)];
  return beside.some((character) => /[\p{L}\p{N}]/u.test(character)) ? 0 : sent.length;
}

/** The length of the longest run that begins there and stands anywhere in `sent`. */
function echoAt(words: string, at: number, sent: string): number {
  let length = 0;
  for (let next = shortestEcho; at + next <= words.length; next += 1) {
    const run = words.slice(at, at + next);
    if (!sent.includes(run)) break;
    if (run.trim().length >= shortestEcho) length = next;
  }
  return length;
}
