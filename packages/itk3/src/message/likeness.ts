// By what a letter is known again that was sent anew, with other ids: docs/decisions/272-potential-duplicates.md.
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { refuseNoMessage } from "../input/message-input.ts";
import { isOpaque } from "../stu3/opaque.ts";
import type { Attachment, Patient, Resource } from "../stu3/types.ts";
import { idKey, isUuid } from "./id-key.ts";
import { resourcesOf } from "./message-of.ts";
import type { Itk3Message } from "./model.ts";
import { type References, referencesOf } from "./references.ts";

const nhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number";
const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * 32 characters: those of two messages are the same where their documents are of the same patient and encounter and say the
 * same, whatever their ids and whenever they were sent. Undefined where there is no document of a patient.
 *
 * Only what differs from one sending to the next is left out: ids and what leads to them, in what order the entries stand, when
 * the document was put together, how the message is handled. All else counts to the letter, so that two letters that differ in a
 * word are never alike.
 *
 * @throws Itk3Error `input-invalid` where it is given no message
 */
export function likenessOf(message: Itk3Message): string | undefined {
  refuseNoMessage(message);
  const { document, composition, patient, handling } = message;
  if (document === undefined || composition === undefined || patient === undefined) return undefined;
  const references = referencesOf(document);
  const encounter = references.resolve(composition.encounter);
  const start = encounter?.resourceType === "Encounter" ? encounter.period?.start : undefined;
  const hash = createHash("sha256");
  // An encounter is known by when it was, and by what its sender calls it (GPCM-SD-CS-046). A UUID may have been made for this sending
  // alone, and counts only where it is not said to the minute when the encounter was.
  const { senderReference = "" } = handling;
  hash.update(JSON.stringify([start?.includes("T") && isId(senderReference) ? "" : senderReference]));
  // Resources in the order in which they are led to, the Composition first: each once, and by its number from then on. No
  // recursion: a document may lead from one to the next a hundred thousand times.
  const reached = new Map<Resource, number>();
  const queue: Resource[] = [];
  const numberOf = (resource: Resource): number => {
    const known = reached.get(resource);
    if (known !== undefined) return known;
    reached.set(resource, queue.length);
    return queue.push(resource) - 1;
  };
  numberOf(composition);
  const said = (resource: Resource): void => {
    hash.update(JSON.stringify(wordsOf(resource, patient, { references, numberOf })));
  };
  let at = 0;
  const sayAll = (): void => {
    for (let next = queue[at]; next !== undefined; next = queue[at]) {
      at += 1;
      said(next);
    }
  };
  sayAll();
  for (const resource of resourcesOf(document)) {
    numberOf(resource);
    sayAll();
  }
  return hash.digest("hex").slice(0, 32);
}

interface Ways {
  references: References;
  numberOf: (resource: Resource) => number;
}

/** What a resource says, for the digest. */
function wordsOf(resource: Resource, patient: Patient, ways: Ways): unknown {
  if (resource === patient) {
    const number = patient.identifier?.find(({ system }) => system === nhsNumberSystem)?.value;
    // Who it is, not where they live now.
    if (number !== undefined) return ["Patient", number.replaceAll(/\s/g, "")];
  }
  if (isOpaque(resource)) return [resource.typeName, resource.source.replaceAll(uuids, "")];
  if (resource.resourceType === "Composition") {
    // Not when it was put together, nor the id of its versions; nor which one it replaces, but that it replaces one.
    const replacing = resource.relatesTo?.map(({ code }) => code);
    return [plain(without(resource, "date", "identifier", "relatesTo"), ways), replacing];
  }
  if (resource.resourceType === "Binary") {
    return [plain(without(resource, "content"), ways), resource.content && digestOf(resource.content)];
  }
  if (resource.resourceType === "DocumentReference") {
    const files = resource.content?.map(({ attachment, ...described }) => [described, fileOf(attachment)]);
    return [plain(without(resource, "indexed", "content"), ways), plain(files, ways)];
  }
  return plain(resource, ways);
}

function without(resource: Resource, ...names: readonly string[]): object {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
}

/** Its hash is of bytes that may hold when they were written: see `digestOf`. */
function fileOf(attachment: Attachment | undefined): unknown {
  if (attachment?.data === undefined) return attachment;
  return { ...attachment, hash: undefined, data: digestOf(attachment.data) };
}

/**
 * Without ids, and a number in the place of what leads to a resource of the document. Names in the order of the alphabet: XML
 * and JSON have an order each.
 */
function plain(value: unknown, ways: Ways): unknown {
  if (typeof value === "string") return isId(value) ? "" : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, ways));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name, held]) => held !== undefined && !isOfSending(name));
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, held]) => [name, isWay(name, held) ? ledTo(held, ways) : plain(held, ways)]);
}

/** A UUID alone is no word of a letter, whatever element it stands in. Most texts are of another length, and told by that. */
function isId(value: string): boolean {
  return value.length >= 36 && value.length <= 64 && isUuid(idKey(value));
}

/** `versionId` and `lastUpdated` are of a resource's meta. */
function isOfSending(name: string): boolean {
  return name === "id" || name === "versionId" || name === "lastUpdated";
}

function isWay(name: string, held: unknown): held is string {
  return (name === "reference" || name === "url") && typeof held === "string";
}

function ledTo(reference: string, { references, numberOf }: Ways): unknown {
  const meant = references.candidates({ reference });
  // What leads out of the document, or into its own resource (`#one`), has no id of the document's in it but by chance.
  return meant.length === 0 ? reference.replaceAll(uuids, "") : meant.map(numberOf);
}

/** Of a file, however its base64 is broken into lines. A PDF that was written anew has other dates and another id in it. */
function digestOf(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const isPdf = bytes.subarray(0, 1024).includes("%PDF-");
  const content = isPdf
    ? ofPdf.reduce((text, pattern) => text.replaceAll(pattern, ""), bytes.toString("latin1"))
    : bytes;
  return createHash("sha256").update(content).digest("hex");
}

/** When a PDF was written, and its ids (ISO 32000-1, 7.9.4, 14.3.2, 14.4): no words of a letter have this form. */
const ofPdf = [
  /\(D:(?:19|20)\d{6}[0-9+\-Z']{0,20}\)/g,
  /\/ID\s{0,4}\[\s{0,4}<[0-9A-Fa-f]{0,128}>\s{0,4}<[0-9A-Fa-f]{0,128}>\s{0,4}\]/g,
  /<xmp:(?:Create|Modify|Metadata)Date>[0-9T:.+Z-]{4,40}</g,
  /<xmpMM:(?:Document|Instance)ID>[\w:.-]{1,80}</g,
];
