/**
 * - `error`: what must be met is not.
 * - `warning`: what should be met is not.
 * - `look`: a person must look, where a rule can only guess or only a person can tell what is meant. It breaks nothing.
 */
export type Severity = "error" | "warning" | "look";
