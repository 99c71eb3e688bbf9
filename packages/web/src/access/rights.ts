/**
 * - `see`: patients' details, wherever a page has them.
 * - `act`: whatever is done to a message within this organisation.
 * - `answer`: what leaves it: an answer to a sender, a message sent once more.
 * - `configure`: who may sign in, and as what.
 * - `audit`: who saw and did what, and which patient that was.
 */
export const rights = ["see", "act", "answer", "configure", "audit"] as const;

export type Right = (typeof rights)[number];

export type Role = "administrator" | "clinician" | "read-only" | "auditor";

/**
 * Who may do what: the one place that says so. A person may have several roles, and may then do what any of them may. Who reads
 * the audit sees no patient by that, and who works may not read it: nobody watches over themselves.
 */
export const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ["see", "act", "configure"],
  clinician: ["see", "act", "answer"],
  "read-only": ["see"],
  auditor: ["audit"],
};

export const roles = Object.keys(rightsOf) as readonly Role[];

/** What any of these roles may. */
export function rightsOfAll(held: readonly Role[]): ReadonlySet<Right> {
  return new Set(held.flatMap((role) => rightsOf[role]));
}
