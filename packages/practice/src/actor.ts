/** Who does or reads something. Without sign-in it is `thisComputer`, whoever that is. */
export interface Actor {
  /** The same for the same person, for good. */
  id: string;
  /** As other persons are shown it. */
  name: string;
}

/** Who acts, and on what they saw. */
export interface ActBy {
  actor: Actor;
  /**
   * The `version` of the task, report or stray as the person saw it: a whole number that grows with every stored change
   * that a person would want to know of before they act. See docs/decisions/103-acts-on-what-was-seen.md for which.
   */
  version: number;
}

/**
 * What has come of an act; the same for all of them.
 * - `done`: it is stored, or was so already. `version` is the thing's right after that; what follows from the act by
 *   itself, such as trouble that is over, may grow it once more.
 * - `changed-meanwhile`: the thing has changed since the person saw it. Nothing was done: read it again, and ask them.
 *
 * A version that is not of now is told before anything else: the codes that an act throws are about the thing as it is.
 */
export type ActOutcome = { outcome: "done"; version: number } | { outcome: "changed-meanwhile" };

/** Who does what is done on this computer: without sign-in nobody knows better. */
export const thisComputer: Actor = { id: "this-computer", name: "this computer" };
