// Immunization (GPCM-SD-GE-192 to 220).
import type { Rule } from "../../rule.ts";
import { demand, generic, has, hasEach, isConcept, isOneOf, lacks, should, type When } from "./demand.ts";
import { everyAt, type Value } from "./paths.ts";
import { isThePatient } from "./references.ts";

const given: When = { said: "that was given", holds: ({ notGiven }) => notGiven === false };
const notGiven: When = { said: "that was not given", holds: (immunization) => immunization["notGiven"] === true };

const shouldWhenGiven = { ...should, when: given };

/** An element that must not be there where the vaccine was not given. */
const onlyWhenGiven = (number: string, path: string): Rule =>
  lacks(generic(number), "Immunization", path, { when: notGiven });

const protocols = (immunization: Value): readonly Value[] => everyAt(immunization, "vaccinationProtocol") as Value[];

export const immunizationRules: readonly Rule[] = [
  has(generic("192"), "Immunization", "extension:DateRecorded"),
  has(generic("193"), "Immunization", "extension:VaccinationProcedure"),
  isOneOf(generic("194"), "Immunization", "status", ["completed"]),
  isOneOf(generic("195"), "Immunization", "notGiven", [true, false]),
  isConcept(generic("196"), "Immunization", "vaccineCode"),
  isThePatient(generic("197"), "Immunization", "patient"),
  has(generic("198"), "Immunization", "encounter", should),
  has(generic("199"), "Immunization", "date", should),
  isOneOf(generic("200"), "Immunization", "primarySource", [true, false]),
  has(generic("203"), "Immunization", "manufacturer", shouldWhenGiven),
  has(generic("204"), "Immunization", "lotNumber", shouldWhenGiven),
  has(generic("205"), "Immunization", "expirationDate", shouldWhenGiven),
  onlyWhenGiven("206", "site"),
  onlyWhenGiven("207", "route"),
  onlyWhenGiven("208", "doseQuantity"),
  has(generic("209"), "Immunization", "practitioner", should),
  hasEach(generic("211"), "Immunization", "practitioner", "actor", should),
  onlyWhenGiven("213", "explanation.reason"),
  lacks(generic("214"), "Immunization", "explanation.reasonNotGiven", { when: given }),
  onlyWhenGiven("215", "vaccinationProtocol"),
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
