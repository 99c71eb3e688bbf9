import type { Consultation, Note, PersonName, PostalAddress } from "../consultation.ts";

/** A text of a consultation that its report shows, and where a consultation file has it. */
export interface PrintedText {
  /** JSON Pointer (RFC 6901). */
  pointer: string;
  text: string;
}

/** Every text of the consultation that its report shows, and none that it leaves out as confidential. */
export function printedTexts(consultation: Consultation): PrintedText[] {
  const { patient, practitioner, organisation, confidential } = consultation;
  const provider = consultation.kind === "online-consultation" ? consultation.provider : undefined;
  return [
    ...nameTexts("/patient/name", patient.name),
    ...addressTexts("/patient/address", patient.address),
    ...texts([
      ["/patient/phones/home", patient.phones.home],
      ["/patient/phones/mobile", patient.phones.mobile],
      ["/patient/temporary/phone", patient.temporary?.phone],
      ["/patient/registeredPractice/name", patient.registeredPractice?.name],
      ["/provider/name", provider?.name],
    ]),
    ...addressTexts("/patient/temporary/address", patient.temporary?.address),
    ...(confidential
      ? []
      : [
          ...nameTexts("/practitioner/name", practitioner.name),
          ...texts([
            ["/practitioner/role", practitioner.role],
            ["/organisation/branch", organisation.branch],
          ]),
          ...consultation.sections.flatMap(({ title, notes }, index) => [
            { pointer: `/sections/${index}/title`, text: title },
            ...noteTexts(`/sections/${index}/notes`, notes),
          ]),
          ...noteTexts("/followUpActions", consultation.followUpActions),
        ]),
  ];
}

function nameTexts(pointer: string, { family, given, prefix }: PersonName): PrintedText[] {
  return [
    // As it is shown: a capital may be missing where its small letter is not.
    { pointer: `${pointer}/family`, text: family.toLocaleUpperCase("en-GB") },
    ...given.map((text, index) => ({ pointer: `${pointer}/given/${index}`, text })),
    ...texts([[`${pointer}/prefix`, prefix]]),
  ];
}

function addressTexts(pointer: string, address: PostalAddress | undefined): PrintedText[] {
  if (address === undefined) return [];
  return [
    ...address.lines.map((text, index) => ({ pointer: `${pointer}/lines/${index}`, text })),
    ...texts([[`${pointer}/postcode`, address.postcode]]),
  ];
}

function noteTexts(pointer: string, notes: readonly Note[]): PrintedText[] {
  return notes.flatMap(({ text, codes = [], confidential = false }, index) =>
    confidential
      ? []
      : [
          { pointer: `${pointer}/${index}`, text },
          ...codes.map(({ display }, code) => ({
            pointer: `${pointer}/${index}/codes/${code}/display`,
            text: display,
          })),
        ],
  );
}

function texts(entries: readonly (readonly [pointer: string, text: string | undefined])[]): PrintedText[] {
  return entries.flatMap(([pointer, text]) => (text === undefined ? [] : [{ pointer, text }]));
}
