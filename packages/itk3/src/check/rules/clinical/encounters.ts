// Encounter, Location (GPCM-SD-OC-033 to 039, 168 to 173; GPCM-SD-GE-033 to 039, 141 to 146).
import { systems } from "../../../names.ts";
import type { Location } from "../../../stu3/types.ts";
import { hasPhone, identifierOf, isText } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { both, demand, has, isCoded, isOneOf, should } from "./demand.ts";
import { isAt } from "./paths.ts";
import { isThePatient, leadsTo } from "./references.ts";

export const encounterRules: readonly Rule[] = [
  isOneOf(both("033"), "Encounter", "status", ["finished"]),
  isCoded(both("034"), "Encounter", "type", { system: systems.snomed }),
  isThePatient(both("035"), "Encounter", "subject"),
  leadsTo(both("036"), "Encounter", "participant.individual", ["Practitioner", "RelatedPerson"], should),
  isCoded(both("037"), "Encounter", "priority", should),
  demand(
    both("038"),
    "Encounter",
    "period",
    { asked: "have a start and an end", wrong: "Encounter.period lacks its start or its end." },
    (encounter) => isAt(encounter, "period.start") && isAt(encounter, "period.end"),
    should,
  ),
  leadsTo(both("039"), "Encounter", "serviceProvider", ["Organization"], should),
];

export const locationRules: readonly Rule[] = [
  demand(
    { oc: "168", ge: "141" },
    "Location",
    "identifier",
    { asked: "hold an ODS site code", wrong: "Location.identifier holds no ODS site code." },
    (location) => isText(identifierOf((location as Pick<Location, "identifier">).identifier, systems.odsSite)),
  ),
  isOneOf({ oc: "169", ge: "142" }, "Location", "status", ["active"]),
  has({ oc: "170", ge: "143" }, "Location", "name"),
  has({ oc: "171", ge: "144" }, "Location", "type", should),
  demand(
    { oc: "172", ge: "145" },
    "Location",
    "telecom",
    { asked: "hold a telephone number", wrong: "Location.telecom holds no telephone number." },
    (location) => hasPhone((location as Pick<Location, "telecom">).telecom),
  ),
  has({ oc: "173", ge: "146" }, "Location", "address", should),
];
