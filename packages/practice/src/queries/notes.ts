import { PracticeError } from "../errors.ts";

/** In characters. */
const longestNote = 500;

/**
 * What a person wrote; undefined where that is nothing.
 *
 * @throws PracticeError "note-too-long"
 */
export function noteIn(written: string | undefined): string | undefined {
  const note = written?.trim() || undefined;
  if (note !== undefined && Array.from(note).length > longestNote) {
    throw new PracticeError("note-too-long", `A note has at most ${longestNote} characters.`);
  }
  return note;
}

/** @throws PracticeError "note-missing", "note-too-long" */
export function requiredNote(written: string | undefined): string {
  const note = noteIn(written);
  if (note === undefined) throw new PracticeError("note-missing", "A note is needed.");
  return note;
}
