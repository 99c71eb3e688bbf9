import { commonPasswords } from "./common-passwords.ts";
import { commonPhrases } from "./common-phrases.ts";
import { commonWords } from "./common-words.ts";
import { fewest, most, passwordWords } from "./password-words.ts";
import { UsersError } from "./users-error.ts";

/** Whatever is left of a password without what can be guessed must be as long as this. */
const fewestOfItsOwn = 6;

/**
 * A password as it is made into what is stored: the same whichever way a keyboard writes an accent. Undefined where it can be
 * nobody's.
 */
export function readPassword(typed: string): string | undefined {
  // A letter may become several.
  if (typed.length > 2 * most || !typed.isWellFormed()) return undefined;
  const password = typed.normalize("NFKC");
  const length = Array.from(password).length;
  return length < fewest || length > most ? undefined : password;
}

/**
 * A new password, as it is made into what is stored. By its length, and by what it is not; what it is made of is its owner's
 * affair (NIST SP 800-63B, clause 3.1.1.2).
 *
 * @param near what is known of whoever chooses it, such as their names and their organisation's
 * @throws {UsersError} `password-refused`
 */
export function parseNewPassword(typed: string, near: readonly string[]): string {
  const length = Array.from(typed.normalize("NFKC")).length;
  if (length < fewest) throw refused(passwordWords["too-short"]);
  const password = readPassword(typed);
  if (password === undefined) throw refused(passwordWords["too-long"]);
  const plain = plainOf(password);
  const own = without(plain, near.flatMap(wordsOf));
  if (own !== plain && count(own) < fewestOfItsOwn) {
    throw refused(passwordWords["of-names"]);
  }
  const guessed = [...near.flatMap(wordsOf), ...commonPhrases, ...commonPasswords, ...commonWords];
  if (count(withoutPatterns(without(plain, guessed))) < fewestOfItsOwn) {
    throw refused(passwordWords.guessed);
  }
  return password;
}

function refused(words: string): UsersError {
  return new UsersError("password-refused", words);
}

function plainOf(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** A name's words, and all of them as one. What is as short as initials is in many a password by chance. */
function wordsOf(name: string): string[] {
  const words = plainOf(name).split(/[^\p{L}\p{M}\p{N}]+/u);
  return [...words, words.join("")].filter((word) => word.length > 2);
}

/** What letters are often written as, and a sign that means something else in a pattern. */
const disguises: Readonly<Record<string, string>> = {
  a: "[a@4]",
  b: "[b8]",
  e: "[e3]",
  g: "[g9]",
  i: "[i1!]",
  l: "[l1]",
  o: "[o0]",
  s: "[s5$]",
  t: "[t7]",
  z: "[z2]",
  $: "[$]",
  // Between the words of a phrase.
  " ": "[^\\p{L}\\p{N}]*",
};

/** The longest first: "administrator" is not "admin" and something of its owner's. */
function without(plain: string, words: readonly string[]): string {
  const patterns = words
    .toSorted((one, other) => other.length - one.length)
    .map((word) =>
      Array.from(word)
        .map((letter) => disguises[letter] ?? letter)
        .join(""),
    );
  return patterns.length === 0 ? plain : plain.replaceAll(new RegExp(patterns.join("|"), "gu"), " ");
}

/** What stands beside each other on a keyboard or in the alphabet, row by row, column by column and zigzag. */
const rows = `
  qwertyuiop asdfghjkl zxcvbnm 01234567890 abcdefghijklmnopqrstuvwxyz 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p
  qazwsxedcrfvtgbyhnujmikolp qazxswedcvfrtgbnhyujm 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 1a2s3d4f5g6h7j8k9l
  a1s2d3f4g5h6j7k8l9 z1x2c3v4b5n6m7 qawsedrftgyhujikolp 1qa2ws3ed4rf5tg6yh 1qazxsw23edcvfr45tgb 112233445566778899
`
  .trim()
  .split(/\s+/);
const runs = [...rows, ...rows.map((row) => Array.from(row).toReversed().join(""))].join(" ");
const shortestRun = 4;

/** Without years, what stands there twice in a row, and runs of neighbours. */
function withoutPatterns(plain: string): string {
  const letters = Array.from(plain.replaceAll(/(?:19|20)\d\d/g, " ").replaceAll(/(.)\1{2,}|(.{2,}?)\2+/gsu, "$1$2"));
  const inRuns = new Set<number>();
  for (const start of letters.keys()) {
    const places = letters.slice(start, start + shortestRun).map((_, offset) => start + offset);
    const some = places.map((place) => letters[place]).join("");
    if (places.length === shortestRun && !some.includes(" ") && runs.includes(some)) {
      for (const place of places) inRuns.add(place);
    }
  }
  return letters.filter((_, place) => !inRuns.has(place)).join("");
}

function count(text: string): number {
  return Array.from(text.replaceAll(/\s/gu, "")).length;
}
