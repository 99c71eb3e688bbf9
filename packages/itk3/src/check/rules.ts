import type { Rule } from "./rule.ts";
import { compositionRules } from "./rules/composition.ts";
import { envelopeRules } from "./rules/envelope.ts";
import { handlingRules, headerRules } from "./rules/header.ts";
import { peopleRules } from "./rules/people.ts";
import { profileRules } from "./rules/profiles.ts";
import { responseRules } from "./rules/response.ts";

/** Every rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  ...handlingRules,
  ...headerRules,
  ...profileRules,
  ...compositionRules,
  ...peopleRules,
  ...envelopeRules,
  ...responseRules,
];
