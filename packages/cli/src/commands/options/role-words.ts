import type { Role } from "@restante/web";

/** What settings and options may say of a person: the roles of @restante/web, which is not read for the help of a command. */
export const roleWords: readonly [Role, ...Role[]] = ["administrator", "clinician", "read-only", "auditor"];
