import { refuseNoBundle } from "../input/message-input.ts";
import type { Issue } from "../issue.ts";
import type { Bundle, Composition, MessageHeader, Patient, Resource } from "../stu3/types.ts";
import { readAttachments } from "./attachments.ts";
import { readHandling } from "./handling.ts";
import type { Itk3Message } from "./model.ts";
import { type References, referencesOf } from "./references.ts";

/**
 * Finds the parts of a message in its bundle; undefined where there is no MessageHeader.
 *
 * @throws Itk3Error `input-invalid` where it is given no Bundle
 */
export function messageOf(bundle: Bundle, issues: readonly Issue[] = []): Itk3Message | undefined {
  refuseNoBundle(bundle);
  const header = resourcesOf(bundle).find((resource) => resource.resourceType === "MessageHeader");
  if (header === undefined) return undefined;
  const outer = referencesOf(bundle);
  const sender = outer.resolve(header.sender);
  const document = documentOf(bundle, header, outer);
  const inner = referencesOf(document);
  const composition = resourcesOf(document).find((resource) => resource.resourceType === "Composition");
  const encounter = inner.resolve(composition?.encounter);
  const custodian = inner.resolve(composition?.custodian);
  return {
    bundle,
    header,
    headerId: header.id,
    event: header.event?.code,
    sourceMailbox: header.source?.endpoint,
    handling: readHandling(header),
    sender: sender?.resourceType === "Organization" || sender?.resourceType === "Practitioner" ? sender : undefined,
    document,
    composition,
    patient: patientOf(document, composition, inner),
    encounter: encounter?.resourceType === "Encounter" ? encounter : undefined,
    custodian: custodian?.resourceType === "Organization" ? custodian : undefined,
    attachments: readAttachments(composition, inner, document),
    issues,
  };
}

export function resourcesOf(bundle: Bundle | undefined): Resource[] {
  return (bundle?.entry ?? []).flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
}

// What the focus names; failing that, the only document bundle there is.
function documentOf(bundle: Bundle, header: MessageHeader, references: References): Bundle | undefined {
  for (const focus of header.focus ?? []) {
    const found = references.candidates(focus).find((resource) => resource.resourceType === "Bundle");
    if (found !== undefined) return found;
  }
  const documents = resourcesOf(bundle).filter((resource) => resource.resourceType === "Bundle");
  return documents.length === 1 ? documents[0] : undefined;
}

// Whom the composition is about; failing that, the only patient there is.
function patientOf(
  document: Bundle | undefined,
  composition: Composition | undefined,
  references: References,
): Patient | undefined {
  const named = references.candidates(composition?.subject).find((resource) => resource.resourceType === "Patient");
  if (named !== undefined) return named;
  const patients = resourcesOf(document).filter((resource) => resource.resourceType === "Patient");
  return patients.length === 1 ? patients[0] : undefined;
}
