import { profiles } from "../../names.ts";
import type { ProcedureRequest, Reference } from "../../stu3/types.ts";
import { all, between, fields, list, optional } from "../../input/shapes.ts";
import { dateTime } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Coded, type Concept, concept, given, maybe, notes } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

const noCode = "No code available";

export interface ProcedureRequestInput {
  /** What is asked for; no other words where it has no code (GPCM-SD-GE-239). */
  code: (Coded & { text?: string }) | { text: typeof noCode; code?: never };
  /** The practitioner or organisation that is to do it (GPCM-SD-GE-241). */
  performer?: Reference;
  /** Who asks; the practitioner of the document unless said (GPCM-SD-GE-242). */
  requester?: Reference;
  /** Why (GPCM-SD-GE-243). */
  reason?: Concept;
  /** Conditions of the document that matter to it (GPCM-SD-GE-244). */
  conditions?: readonly Reference[];
  /** A date, or a date and time with a zone. */
  authored?: string;
  /** GPCM-SD-GE-245. */
  notes?: readonly string[];
}

/**
 * Tests and procedures that are asked for (GPCM-SD-GE-237 to 245).
 *
 * @throws Itk3Error `input-invalid`
 */
export function procedureRequestSection(
  parts: DocumentParts,
  inputs: readonly ProcedureRequestInput[],
): StructuredSection {
  return sectionOf({ title: "Procedure requests", name: "procedureRequests", entry }, parts, inputs, (input) =>
    procedureRequest(parts, input),
  );
}

const entry = all(
  fields<ProcedureRequestInput>({
    code: shapes.concept,
    performer: optional(reference()),
    requester: optional(reference()),
    reason: optional(shapes.concept),
    conditions: optional(list(reference())),
    authored: optional(dateTime),
    notes: optional(shapes.texts),
  }),
  between<ProcedureRequestInput>(["code"], ({ code }, at) => {
    if (code.code === undefined && code.text !== noCode) {
      at.field("code").tell('must be "No code available" where it has no code', "GPCM-SD-GE-239");
    }
  }),
);

function procedureRequest(parts: DocumentParts, input: ProcedureRequestInput): ProcedureRequest {
  return {
    resourceType: "ProcedureRequest",
    ...identity(parts, profiles.procedureRequest),
    status: "active",
    intent: "order",
    code: concept(input.code),
    subject: parts.patient,
    requester: { agent: input.requester ?? parts.practitioner },
    ...given({
      context: parts.encounter,
      authoredOn: input.authored,
      performer: input.performer,
      reasonCode: maybe(input.reason, (reason) => [concept(reason)]),
      reasonReference: input.conditions?.slice(),
      note: notes(input.notes),
    }),
  };
}
