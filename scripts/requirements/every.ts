// The ids of the requirements: those of GP Connect Messaging 1.6.0, of the conformance list of Send Document 2 (SCAL) and
// of ITK3 2.10.0.

/** Every one there is: 598 of GP Connect, 48 of the SCAL, 27 of ITK3. */
export const everyRequirement: readonly string[] = [
  ...expand("GPCM-C-{01,02}"),
  ...expand("GPCM-SD-{001-045,078}"),
  ...expand("GPCM-SD-CS-{001-077,079,080}"),
  ...expand("GPCM-SD-OC-{001-175}"),
  ...expand("GPCM-SD-GE-{001-296}"),
  ...expand("SCAL-GPCM-C-{1,2}"),
  ...expand(
    "SCAL-GPCM-SD-{028,032,035,038,040-049,056,057,059-064,083,084,086-088,090,091,094-096,098,103-111,115,123,128,129}",
  ),
  ...expand("FHIR-DOC-{01-06,09}"),
  ...expand("FHIR-BA-{01,02}"),
  ...expand("RC-HS-{01,02}"),
  ...expand("FHIR-PDS-{01-10}"),
  "FHIR-MR-01",
  ...expand("FHIR-SR-{01-03,05,06}"),
];

/** `GPCM-SD-CS-{001-005,011}` stands for several. */
export function expand(pattern: string): string[] {
  const [, head = pattern, list] = /^(.*)\{(.*)\}$/.exec(pattern) ?? [];
  if (list === undefined) return [pattern];
  return list.split(",").flatMap((part) => {
    const [from = "", to = from] = part.split("-");
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => {
      return head + String(Number(from) + index).padStart(from.length, "0");
    });
  });
}
