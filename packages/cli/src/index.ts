/** cli: see docs/architecture.md. */
export const room = "cli";
