/** testkit: see docs/architecture.md. */
export const room = "testkit";
