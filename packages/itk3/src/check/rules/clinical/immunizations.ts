// Immunization (GPCM-SD-GE-192 to 220).
import type { Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isCoded, isConcept, isOneOf, lacks, should, type When } from "./demand.ts";
import { everyAt, isAt, type Value } from "./paths.ts";
import { eachLeadsTo, isThePatient, leadsTo } from "./references.ts";

const given: When = { said: "was given", holds: ({ notGiven }) => notGiven === false };
const notGiven: When = { said: "was not given", holds: (immunization) => immunization["notGiven"] === true };
const fromPrimarySource: When = {
  said: "is from a primary source",
  holds: ({ primarySource }) => primarySource === true,
};

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
      of: "Every Immunization.practitioner.role",
      asked: "hold a code",
      wrong: "An Immunization.practitioner.role holds no code.",
    },
    (immunization) => everyAt(immunization, "practitioner.role").every((role) => isAt(role as Value, "coding.code")),
  ),
  demand(
    generic("211"),
    "Immunization",
    "practitioner",
    {
      of: "In every Immunization.practitioner with a role, actor",
      asked: "be there",
      wrong: "In an Immunization.practitioner with a role, actor is missing.",
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
      of: "In every Immunization.vaccinationProtocol of a series, doseSequence",
      asked: "be there",
      wrong: "In an Immunization.vaccinationProtocol of a series, doseSequence is missing.",
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
      of: "In every Immunization.vaccinationProtocol, doseStatus",
      asked: "be count",
      wrong: "In an Immunization.vaccinationProtocol, doseStatus is missing, or not count.",
    },
    (immunization) =>
      protocols(immunization).every((protocol) => everyAt(protocol, "doseStatus.coding.code").includes("count")),
  ),
];

function isSeries(protocol: Value): boolean {
  return isAt(protocol, "series") || Number(protocol["seriesDoses"] ?? 0) > 1;
}
