import { open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type JsonText, parseNhsNumber, parseOdsCode, readJsonText } from "@restante/mesh";
import { readAttachmentFile } from "./attachment-file.ts";
import { ConsultationFileError, type ConsultationProblem } from "./consultation-file-error.ts";
import type { ConsultationJson, NoteJson } from "./consultation-json.ts";
import type { Consultation, ConsultationAttachment, Encounter, Note } from "./consultation.ts";
import { printedTexts } from "./report/printed-texts.ts";
import { findUnwritable } from "./report/unwritable.ts";
import { findSchemaProblems } from "./schema.ts";

export interface ReadConsultationOptions {
  /**
   * Bytes of all attachments together. 3.5 MB unless told, which makes a message of just under 5 MB in Base64: a
   * receiver may refuse a larger one (ITK3 response code 20015).
   */
  maxAttachmentBytes?: number;
  signal?: AbortSignal;
}

/** A consultation file has notes of one encounter: this is far beyond the longest. */
const maxJsonBytes = 4_000_000;
const defaultMaxAttachmentBytes = 3_500_000;

/**
 * Reads a consultation and its attachment files.
 *
 * @param file Path of the JSON file (docs/consultation-json.md). Attachments are read from its folder.
 * @throws ConsultationFileError `consultation-unreadable` if there is no such file or it is not JSON, and
 *   `consultation-invalid` with every problem that the file and its attachments have.
 * @example
 * const consultation = await readConsultation("examples/consultation.json");
 */
export async function readConsultation(file: string, options: ReadConsultationOptions = {}): Promise<Consultation> {
  const { value: json, placeOf, repeated } = parse(await readText(file, options.signal));
  const problems = findSchemaProblems(json);
  problems.push(...repeated.map((pointer) => ({ pointer, problem: "is there twice: only the last would be read" })));
  const isReadable = problems.length === 0;
  // The files are looked at even where the rest is wrong, so that one run tells everything.
  const { attachments, problems: fileProblems } = await readAttachments(dirname(resolve(file)), json, options);
  problems.push(...fileProblems);
  const consultation = isReadable ? toConsultation(trimmed(json as ConsultationJson), attachments) : undefined;
  if (consultation !== undefined) {
    problems.push(...findTimeProblems(json as ConsultationJson));
    // Before anything is stored, so that a person hears of it with all else.
    problems.push(...(await findUnwritable(printedTexts(consultation))));
  }
  if (consultation === undefined || problems.length > 0) {
    const placed = problems.map(({ pointer, problem }) => ({ pointer, problem, place: placeOf(pointer) }));
    throw new ConsultationFileError("consultation-invalid", placed);
  }
  return consultation;
}

async function readText(file: string, signal: AbortSignal | undefined): Promise<string> {
  const refuse = (problem: string, options?: ErrorOptions): never => {
    throw new ConsultationFileError("consultation-unreadable", [{ pointer: "", problem }], options);
  };
  try {
    // Before it is opened: opening a pipe waits for its other end, and what a device gives may have no end.
    const about = await stat(file);
    if (!about.isFile() && !about.isDirectory()) refuse("it is not a file");
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > maxJsonBytes) refuse(`it is larger than ${maxJsonBytes / 1_000_000} MB`);
    const bytes = await handle.readFile({ signal });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ConsultationFileError || signal?.aborted) throw error;
    return refuse(whyUnreadable(error), { cause: error });
  }
}

function whyUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not text in UTF-8";
  return `it cannot be read (${code ?? "unknown error"})`;
}

function parse(text: string): JsonText {
  const json = readJsonText(text);
  if (!("fault" in json)) return json;
  const { line, column } = json.fault;
  const problem = text.trim() === "" ? "it is empty" : `it is not JSON (line ${line} column ${column})`;
  throw new ConsultationFileError("consultation-unreadable", [{ pointer: "", problem }]);
}

async function readAttachments(
  folder: string,
  json: unknown,
  { maxAttachmentBytes: limit = defaultMaxAttachmentBytes, signal }: ReadConsultationOptions,
): Promise<{ attachments: ConsultationAttachment[]; problems: ConsultationProblem[] }> {
  const attachments: ConsultationAttachment[] = [];
  const problems: ConsultationProblem[] = [];
  let left = limit;
  for (const [index, entry] of namedAttachments(json).entries()) {
    if (typeof entry?.file !== "string" || entry.file === "") continue;
    const read = await readAttachmentFile(folder, entry.file, { limit, left, claimed: entry.contentType, signal });
    if ("problem" in read) {
      problems.push({ pointer: `/attachments/${index}/file`, problem: read.problem });
    } else {
      left -= read.bytes.length;
      attachments.push({ title: trimmed(entry.title), contentType: read.contentType, bytes: read.bytes });
    }
  }
  return { attachments, problems };
}

/** The attachments named by a file that has not been checked yet. */
function namedAttachments(json: unknown): (NonNullable<ConsultationJson["attachments"]>[number] | undefined)[] {
  const list = (json as Partial<ConsultationJson> | null)?.attachments;
  return Array.isArray(list) ? list : [];
}

function findTimeProblems(json: ConsultationJson): ConsultationProblem[] {
  const problems: ConsultationProblem[] = [];
  const start = Date.parse(json.start);
  if (json.end !== undefined && Date.parse(json.end) < start) {
    problems.push({ pointer: "/end", problem: "must not be before /start" });
  }
  if (Date.parse(json.patient.dateOfBirth) > start) {
    problems.push({ pointer: "/patient/dateOfBirth", problem: "must not be after /start" });
  }
  return problems;
}

/**
 * Spaces around a name, a title or a line of an address mean nothing, and a message may not have them around a name. Notes
 * keep theirs. (The attachments' files have been read by their own names.)
 */
function trimmed<Value>(value: Value, key?: string): Value;
function trimmed(value: unknown, key = ""): unknown {
  if (typeof value === "string") return notes.has(key) ? value : value.trim();
  if (Array.isArray(value)) return value.map((item: unknown) => trimmed(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, trimmed(part, name)]));
}

const notes: ReadonlySet<string> = new Set(["notes", "followUpActions", "text"]);

function toConsultation(json: ConsultationJson, attachments: ConsultationAttachment[]): Consultation {
  const { kind, provider, organisation, patient, practitioner } = json;
  const { registeredPractice } = patient;
  const encounter: Encounter = {
    id: json.id,
    version: json.version,
    patient: {
      ...patient,
      nhsNumber: parseNhsNumber(patient.nhsNumber),
      phones: patient.phones ?? {},
      ...(registeredPractice && {
        registeredPractice: { ...registeredPractice, odsCode: parseOdsCode(registeredPractice.odsCode) },
      }),
    } as Encounter["patient"],
    practitioner,
    organisation: { ...organisation, odsCode: parseOdsCode(organisation.odsCode) },
    start: new Date(json.start),
    ...(json.end !== undefined && { end: new Date(json.end) }),
    confidential: json.confidential ?? false,
    sections: json.sections.map((section) => ({ ...section, notes: section.notes.map(toNote) })),
    followUpActions: (json.followUpActions ?? []).map(toNote),
    attachments,
  };
  if (kind === "consultation-summary") return { kind, ...encounter };
  return {
    kind,
    ...encounter,
    ...(provider && { provider: { ...provider, odsCode: parseOdsCode(provider.odsCode) } }),
  };
}

function toNote(note: NoteJson): Note {
  return typeof note === "string" ? { text: tidy(note) } : { ...note, text: tidy(note.text) };
}

function tidy(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
