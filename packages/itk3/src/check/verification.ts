import { extensions, systems } from "../names.ts";
import type { Coding, Identifier } from "../stu3/types.ts";

const urls: ReadonlySet<string> = new Set([extensions.verificationStatus, extensions.verificationStatusOfGpConnect]);

/** The code systems that CareConnect and GP Connect publish for it: of the same codes, 01 to 08. */
export const verificationSystems: ReadonlySet<string> = new Set([
  systems.verificationStatus,
  systems.verificationStatusOfGpConnect,
]);

/** How far an NHS number is said to be verified, by the extension of CareConnect or by that of CareConnect-GPC. */
export function verificationOf({ extension = [] }: Identifier): Coding | undefined {
  const codings = extension.flatMap(({ url, valueCodeableConcept }) =>
    urls.has(url ?? "") ? (valueCodeableConcept?.coding ?? []) : [],
  );
  return codings.find(({ system }) => verificationSystems.has(system ?? "")) ?? codings[0];
}
