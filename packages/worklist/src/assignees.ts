import type { Actor, Assignee } from "@restante/practice";
import { rightsOf, type Right, type Users } from "@restante/web";

/** To whom tasks may be given here: those who may act on one, and teams. */
export interface Assignees {
  people: readonly Assignee[];
  teams: readonly Assignee[];
}

/** Without sign-in nobody is known but whoever uses this computer. */
export function assigneesOf(users: Pick<Users, "list"> | undefined, teams: readonly string[]): () => Assignees {
  const known = teams.map((name): Assignee => ({ kind: "team", id: name, name }));
  const needed: Right = "act";
  return () => ({
    people: (users?.list() ?? [])
      .filter(({ disabled, roles }) => !disabled && roles.some((role) => rightsOf[role].includes(needed)))
      .map(({ id, name }): Assignee => ({ kind: "person", id, name }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    teams: known,
  });
}

/** As a form offers them. */
export function assigneesIn({ people, teams }: Assignees): { value: string; one: Assignee }[] {
  return [...people, ...teams].map((one) => ({ value: valueOf(one), one }));
}

function valueOf({ kind, id }: Assignee): string {
  return `${kind}:${id}`;
}

/**
 * Whom a form names: `me`, `nobody`, or one of those to whom tasks may be given now. `unknown`: somebody else, or nothing was
 * chosen.
 */
export function assigneeIn(
  { people, teams }: Assignees,
  me: Actor,
  given: string | undefined,
): Assignee | "nobody" | "unknown" {
  if (given === "nobody") return "nobody";
  if (given === "me") return { kind: "person", ...me };
  return [...people, ...teams].find((one) => valueOf(one) === given) ?? "unknown";
}
