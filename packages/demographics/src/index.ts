/** demographics: see docs/architecture.md. */
export const room = "demographics";
