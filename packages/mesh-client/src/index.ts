/** mesh-client: see docs/architecture.md. */
export const room = "mesh-client";
