export { createCheck, findProblems, type Wording } from "./check.ts";
export { withDefaults } from "./defaults.ts";
export type { Finding } from "./finding.ts";
export { idOf, mailboxIdFormat, nhsNumberFormat, odsCodeFormat } from "./formats.ts";
export { listed, placeWords, type Problem, problemLine, SettingsError, type SettingsErrorCode } from "./problem.ts";
export { publishedSchema } from "./published-schema.ts";
export {
  checkSettings,
  inOrder,
  lookThrough,
  problemAt,
  readSettings,
  type Settings,
  type SettingsText,
} from "./read-settings.ts";
export { distinct, type Find, findIn, type Found, type Rule, textsAt } from "./rules.ts";
export {
  type About,
  flag,
  type JsonSchema,
  list,
  object,
  type ObjectSchema,
  oneOf,
  optional,
  type Optional,
  type PropertiesOf,
  type Needed,
  type Schema,
  text,
  type TextFormat,
  variants,
  whole,
  withRules,
} from "./schema.ts";
export { writeSettings } from "./write-settings.ts";
export { LONGEST_YAML } from "./yaml-text.ts";
