export { type Clock, systemClock } from "./clock.ts";
export { CodedError, type Retry } from "./errors.ts";
export type * from "./events.ts";
export * from "./ids.ts";
