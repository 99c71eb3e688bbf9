import {
  type CheckOptions,
  check,
  type Finding,
  type HeldAgainst,
  isResponse,
  type Negative,
  type Strictness,
  type Unanswered,
  type UseCase,
  whyUnanswered,
} from "@restante/itk3";
import { systemReason } from "@restante/durable";
import { CliError } from "../errors.ts";
import { isSystemError, type MessageFile } from "./find-messages.ts";
import { envelopeOf, type Input, readInput } from "./read-input.ts";

/**
 * - `conforms`: no requirement that must be met is broken.
 * - `departs`: at least one is.
 * - `unreadable`: the file could not be read, or not as an ITK3 message.
 * - `passed-over`: it is no message.
 */
export type Status = "conforms" | "departs" | "unreadable" | "passed-over";

/** What the check says of one file. Holds nothing of the file's content. */
export interface FileReport {
  readonly file: string;
  readonly controlFile?: string;
  readonly bytes: number;
  readonly status: Status;
  readonly findings: readonly Finding[];
  readonly acceptable: boolean;
  readonly negative?: Negative;
  readonly heldAgainst?: HeldAgainst;
  /** An ITK008M: it is held against other requirements, and never answered. */
  readonly isResponse: boolean;
  /** Why a receiver answers neither yes nor no, where it does not. */
  readonly unanswered?: Unanswered;
  /** Why it was passed over. */
  readonly remark?: string;
}

export interface FileOptions {
  /** Larger files are refused, as a receiver refuses them (20015). */
  readonly maxBytes: number;
  readonly generation?: 1 | 2;
  readonly useCase?: UseCase;
  readonly strictness?: Strictness;
}

/** Checks one file. Never throws for what is in the file, nor where it cannot be opened. */
export async function checkFile(found: MessageFile, options: FileOptions): Promise<FileReport> {
  try {
    return reportOf(found, await readInput(found, options.maxBytes), options);
  } catch (error) {
    if (!isSystemError(error) && !(error instanceof CliError)) throw error;
    const reason = isSystemError(error) ? systemReason(error) : error.message;
    const text = `The file cannot be opened: ${reason}.`;
    const finding: Finding = {
      id: "FILE:unreadable",
      severity: "error",
      location: "",
      requirement: "The file must be one that can be opened.",
      text,
    };
    return { ...found, bytes: 0, status: "unreadable", findings: [finding], acceptable: false, isResponse: false };
  }
}

function reportOf(found: MessageFile, input: Input, options: FileOptions): FileReport {
  const { bytes, read, control } = input;
  if (control?.messageType === "Report") {
    const remark = "Passed over: its control file is a MESH report about another message.";
    return { ...found, bytes, status: "passed-over", findings: [], acceptable: false, isResponse: false, remark };
  }
  const against = checkOptionsOf(input, options);
  const result = check(read, against);
  const unanswered = whyUnanswered(read, against.envelope, result.negative);
  const findings = [...controlFindings(input), ...result.findings];
  const conforms = result.conforms && findings.every(({ severity }) => severity !== "error");
  return {
    ...found,
    bytes,
    status: read.message === undefined ? "unreadable" : conforms ? "conforms" : "departs",
    findings,
    acceptable: result.acceptable,
    ...(result.negative === undefined ? {} : { negative: result.negative }),
    ...(result.heldAgainst === undefined ? {} : { heldAgainst: result.heldAgainst }),
    isResponse: isResponse(read),
    ...(unanswered === undefined ? {} : { unanswered }),
  };
}

/** What a message is held against: its control file where there is one, and what the person named. */
export function checkOptionsOf(
  { control }: Input,
  { generation, useCase, strictness }: Omit<FileOptions, "maxBytes">,
): CheckOptions {
  return {
    ...(control === undefined ? {} : { envelope: envelopeOf(control) }),
    ...(generation === undefined ? {} : { generation }),
    ...(useCase === undefined ? {} : { useCase }),
    ...(strictness === undefined ? {} : { strictness }),
  };
}

function controlFindings({ controlFault }: Input): Finding[] {
  if (controlFault === undefined) return [];
  const { message, line } = controlFault;
  const id = "MESH:control-file-malformed";
  const requirement = "The control file must be one that a MESH client could read.";
  return [
    {
      id,
      severity: "error",
      location: "envelope",
      ...(line === undefined ? {} : { line }),
      requirement,
      text: message,
    },
  ];
}
