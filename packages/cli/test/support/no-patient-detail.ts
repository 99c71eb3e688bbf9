import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleFile } from "../../src/economy/examples.ts";
import { secretsOf } from "./data-folder.ts";

interface ExamplePatient {
  nhsNumber: string;
  formerNhsNumbers?: string[];
  names: { family: string; given: string[] }[];
}

/**
 * Nothing that was shown, logged or used as a file name tells who the patients are, what a message is about, or a secret.
 *
 * @param shown what a person or a log saw, by where it was seen
 * @param subjects of the messages that were sent
 */
export function assertNoPatientDetail(
  data: string,
  shown: Readonly<Record<string, string>>,
  subjects: readonly string[],
): void {
  const { sharedKey, passwords } = secretsOf(data);
  const wholeWords = patients().flatMap(wordsOf);
  const anywhere = [...subjects, sharedKey, ...Object.values(passwords), "NHSMESH ", "GPPROVIDER_"];
  assert.ok(subjects.length > 0 && anywhere.every((text) => text.length > 0));
  const places = { ...shown, "the names of files": fileNames(data).join("\n"), "the log": logs(data) };
  for (const [place, text] of Object.entries(places)) {
    assert.ok(text.length > 0, `${place} is empty: nothing is proved`);
    for (const secret of anywhere) assert.ok(!text.includes(secret), `${place} holds ${JSON.stringify(secret)}`);
    for (const word of wholeWords) assert.ok(!wordIn(text, word), `${place} holds ${JSON.stringify(word)}`);
  }
}

/** What names a patient: numbers, as they are stored and as they are shown, and names. */
function wordsOf({ nhsNumber, formerNhsNumbers = [], names }: ExamplePatient): string[] {
  const numbers = [nhsNumber, ...formerNhsNumbers];
  return numbers.concat(numbers.map(spaced), ...names.map(({ family, given }) => [family].concat(given)));
}

/** The pino files of a data folder, all of them. */
function logs(data: string): string {
  return readdirSync(data)
    .filter((name) => name.endsWith(".log"))
    .map((name) => readFileSync(join(data, name), "utf8"))
    .join("");
}

function fileNames(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: "utf8" });
}

function patients(): ExamplePatient[] {
  const { patients } = JSON.parse(readFileSync(exampleFile("patients.json"), "utf8")) as { patients: ExamplePatient[] };
  return patients;
}

function spaced(nhsNumber: string): string {
  return `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
}

/** `Ng` is a surname, and is no part of `Nguyen` here: a word stands between what are not letters or digits. */
function wordIn(text: string, word: string): boolean {
  const escaped = word.replaceAll(/[^\p{L}\p{N}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "iu").test(text);
}
