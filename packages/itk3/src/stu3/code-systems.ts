// The codes of those code systems of HL7 that the requirements of Send Document name, as STU3 has them. Those of elements whose
// codes FHIR fixes stand in the element table.
import { systems } from "../names.ts";

const listed: Readonly<Record<string, string>> = {
  [systems.actPriority]: "A CR CS CSP CSR EL EM P PRN R RR S T UD UR",
  [systems.listOrder]: "user system event-date entry-date priority alphabetic category patient",
  [systems.observationCategory]: "social-history vital-signs imaging laboratory procedure survey exam therapy",
  [systems.diagnosticService]:
    "AU BG BLB CG CH CP CT CTH CUS EC EN GE HM ICU IMG IMM LAB MB MCB MYC NMR NMS NRS OSL OT OTH OUS PAR PAT PF PHR PHY PT RAD RC RT " +
    "RUS RX SP SR TX URN VR VUS XRC",
  [systems.immunisationRole]: "AD AI AP AT CLP CP DP EP FHCP IP MDIR OP PH PI PP RO RP RT TN TR VP VPS VTS",
  [systems.vaccineDoseStatus]: "count nocount",
};

const codes: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(listed).map(([system, words]) => [system, new Set(words.split(" "))]),
);

/** Whether a system defines a code; undefined where the codes of the system are not known here. */
export function isCodeOf(system: string, code: string): boolean | undefined {
  // The tables of version 2 do not tell capitals from small letters.
  const word = system.startsWith("http://hl7.org/fhir/v2/") ? code.toUpperCase() : code;
  return codes.get(system)?.has(word);
}
