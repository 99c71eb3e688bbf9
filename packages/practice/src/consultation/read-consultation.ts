import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseNhsNumber, parseOdsCode } from "@restante/mesh";
import { readAttachmentFile } from "./attachment-file.ts";
import { ConsultationFileError, type ConsultationProblem } from "./consultation-file-error.ts";
import type { ConsultationJson, NoteJson } from "./consultation-json.ts";
import type { Consultation, ConsultationAttachment, Encounter, Note } from "./consultation.ts";
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
  const json = parse(await readText(file, options.signal));
  const problems = findSchemaProblems(json);
  // The files are looked at even where the rest is wrong, so that one run tells everything.
  const { attachments, problems: fileProblems } = await readAttachments(dirname(resolve(file)), json, options);
  problems.push(...fileProblems);
  if (problems.length === 0) problems.push(...findTimeProblems(json as ConsultationJson));
  if (problems.length > 0) throw new ConsultationFileError("consultation-invalid", problems);
  return toConsultation(json as ConsultationJson, attachments);
}

async function readText(file: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > maxJsonBytes) {
      throw new ConsultationFileError("consultation-unreadable", [
        { pointer: "", problem: `it is larger than ${maxJsonBytes / 1_000_000} MB` },
      ]);
    }
    const bytes = await handle.readFile({ signal });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ConsultationFileError || signal?.aborted) throw error;
    throw new ConsultationFileError("consultation-unreadable", [{ pointer: "", problem: whyUnreadable(error) }], {
      cause: error,
    });
  }
}

function whyUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not text in UTF-8";
  return `it cannot be read (${code ?? "unknown error"})`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text around the mistake: only the place is passed on, and no cause.
    const place = / \(line \d+ column \d+\)/.exec((error as SyntaxError).message)?.[0] ?? "";
    throw new ConsultationFileError("consultation-unreadable", [{ pointer: "", problem: `it is not JSON${place}` }]);
  }
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
      attachments.push({ title: entry.title, contentType: read.contentType, bytes: read.bytes });
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
