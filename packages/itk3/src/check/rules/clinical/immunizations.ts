// Immunization (GPCM-SD-GE-192 to 220).
import type { Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isCoded, isConcept, isOneOf, lacks, should, type When } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { eachLeadsTo, isThePatient, leadsTo } from "./references.ts";

const given: When = { said: "that was given", holds: ({ notGiven }) => notGiven === false };
const notGiven: When = { said: "that was not given", holds: (immunization) => immunization["notGiven"] === true };
const fromPrimarySource: When = { said: "from a primary source", holds: ({ primarySource }) => primarySource === true };

const shouldWhenGiven = { ...should, when: given };

/** An element that should be there where the vaccine was given, and must not be where it was not. */
const onlyWhenGiven = (number: string, path: string): readonly Rule[] => [
  has(generic(number), "Immunization", path, shouldWhenGiven),
  lacks(generic(number), "Immunization", path, { when: notGiven }),
];

const practitioners = (immunization: Value): readonly Value[] => everyAt(immunization, "practitioner") as Value[];
const protocols = (immunization: Value): readonly Value[] => everyAt(immunization, "vaccinationProtocol") as Value[];

export const immunizationRules: readonly Rule[] = [
  has(generic("192"), "Immunization", "extension:DateRecorded.value[x]"),
  isCoded(generic("193"), "Immunization", "extension:VaccinationProcedure.value[x]"),
  isOneOf(generic("194"), "Immunization", "status", ["completed"]),
  isOneOf(generic("195"), "Immunization", "notGiven", [true, false]),
  isConcept(generic("196"), "Immunization", "vaccineCode"),
  isThePatient(generic("197"), "Immunization", "patient"),
  leadsTo(generic("198"), "Immunization", "encounter", ["Encounter"], should),
  has(generic("199"), "Immunization", "date", should),
  isOneOf(generic("200"), "Immunization", "primarySource", [true, false]),
  lacks(generic("201"), "Immunization", "reportOrigin", { when: fromPrimarySource }),
  leadsTo(generic("203"), "Immunization", "manufacturer", ["Organization"], shouldWhenGiven),
  has(generic("204"), "Immunization", "lotNumber", shouldWhenGiven),
  has(generic("205"), "Immunization", "expirationDate", shouldWhenGiven),
  ...onlyWhenGiven("206", "site"),
  ...onlyWhenGiven("207", "route"),
  ...onlyWhenGiven("208", "doseQuantity"),
  has(generic("209"), "Immunization", "practitioner", should),
  demand(
    generic("210"),
    "Immunization",
    "practitioner",
    {
      asked: "have a code in each practitioner.role",
      wrong: "Immunization has practitioner.role without a code.",
    },
    (immunization) => everyAt(immunization, "practitioner.role").every((role) => isAt(role as Value, "coding.code")),
  ),
  demand(
    generic("211"),
    "Immunization",
    "practitioner",
    {
      asked: "have actor in each practitioner that has a role",
      wrong: "Immunization has practitioner with a role and without actor.",
    },
    (immunization) =>
      practitioners(immunization).every((practitioner) => !isAt(practitioner, "role") || isAt(practitioner, "actor")),
  ),
  eachLeadsTo(generic("211"), "Immunization", "practitioner", "actor", ["Practitioner"], should),
  ...onlyWhenGiven("213", "explanation.reason"),
  has(generic("214"), "Immunization", "explanation.reasonNotGiven", { ...should, when: notGiven }),
  lacks(generic("214"), "Immunization", "explanation.reasonNotGiven", { when: given }),
  ...onlyWhenGiven("215", "vaccinationProtocol"),
  demand(
    generic("216"),
    "Immunization",
    "vaccinationProtocol",
    {
      asked: "have doseSequence in each vaccinationProtocol of a series",
      wrong: "Immunization has vaccinationProtocol of a series and without doseSequence.",
    },
    (immunization) =>
      protocols(immunization).every((protocol) => !isSeries(protocol) || isAt(protocol, "doseSequence")),
  ),
  hasEach(generic("217"), "Immunization", "vaccinationProtocol", "description", should),
  hasEach(generic("219"), "Immunization", "vaccinationProtocol", "targetDisease"),
  demand(
    generic("220"),
    "Immunization",
    "vaccinationProtocol",
    {
      asked: "have doseStatus count in each vaccinationProtocol",
      wrong: "A vaccinationProtocol's doseStatus is not count.",
    },
    (immunization) =>
      protocols(immunization).every((protocol) => everyAt(protocol, "doseStatus.coding.code").includes("count")),
  ),
];

function isSeries(protocol: Value): boolean {
  return isAt(protocol, "series") || Number(protocol["seriesDoses"] ?? 0) > 1;
}
