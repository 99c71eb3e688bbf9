export type { Endpoint, IssuerFaults } from "./faults.ts";
export type { IssuerClient, IssuerOptions, Person } from "./options.ts";
export { startIssuer, type TestIssuer } from "./start-issuer.ts";
export type { SeenRequest } from "./endpoints.ts";
