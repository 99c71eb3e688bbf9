// The ids of a document, given out in one order before anything is made: the sections refer to what is made later, and
// the same input makes the same message. They are given out for wrong input too, so that its sections are looked at.
import { randomUUID } from "node:crypto";
import type { Place } from "../input/problems.ts";
import { isRecord } from "../input/shapes.ts";
import { isUuid } from "../message/id-key.ts";
import type { DocumentInput } from "./input.ts";
import type { DocumentKind } from "./kind.ts";
import type { DocumentParts } from "./sections/parts.ts";

export interface Allotted {
  ids: () => string;
  sender: string;
  header: string;
  compositionIdentifier: string;
  organisation: string;
  practice: string | undefined;
  patient: string;
  practitioner: string;
  encounter: string | undefined;
  /** The report, then the other attachments. */
  files: readonly string[];
  /** The same as references, for whoever makes sections. */
  parts: DocumentParts;
}

/** The caller's ids; a random one in place of what is no UUID, which is told once. */
export function idsOf(given: unknown, at: Place): () => string {
  if (typeof given !== "function") return randomUUID;
  const place = at.field("ids");
  return () => {
    const id: unknown = (given as () => unknown)();
    if (isUuid(id)) return id;
    if (place.isRight()) place.tell("must give UUIDs");
    return randomUUID();
  };
}

export function allot(input: DocumentInput, useCase: DocumentKind["useCase"], ids: () => string): Allotted {
  const sender = ids();
  const header = input.headerId ?? ids();
  const compositionIdentifier = input.compositionIdentifier ?? ids();
  const organisation = ids();
  const practice = input.registeredPractice === undefined ? undefined : ids();
  const patient = ids();
  const practitioner = ids();
  const encounter = hasEncounter(input, useCase) ? ids() : undefined;
  const count = Array.isArray(input.attachments) ? input.attachments.length : 0;
  const files = Array.from({ length: 1 + count }, ids);
  const parts = {
    patient: referenceOf(patient),
    practitioner: referenceOf(practitioner),
    organisation: referenceOf(organisation),
    encounter: encounter === undefined ? undefined : referenceOf(encounter),
    attachments: files.map(referenceOf),
    ids,
  };
  return {
    ids,
    sender,
    header,
    compositionIdentifier,
    organisation,
    practice,
    patient,
    practitioner,
    encounter,
    files,
    parts,
  };
}

/** A generic document speaks of an encounter only if its type is told (GPCM-SD-GE-034). */
function hasEncounter(input: object, useCase: DocumentKind["useCase"]): boolean {
  if (useCase !== "generic") return true;
  const { document } = input as { document?: unknown };
  return isRecord(document) && document["encounterType"] !== undefined;
}

function referenceOf(id: string): { reference: string } {
  return { reference: `urn:uuid:${id}` };
}
