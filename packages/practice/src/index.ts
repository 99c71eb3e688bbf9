/** practice: see docs/architecture.md. */
export const room = "practice";
