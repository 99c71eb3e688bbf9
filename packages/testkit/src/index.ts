export type { TestTls } from "./certificates.ts";
export { TestkitError, type TestkitErrorCode } from "./errors.ts";
export type { StartOptions, TestMailbox, TestSettings } from "./options.ts";
export { type ServerProcess, startServer } from "./start-server.ts";
export type { TestClock, TestMailboxes, TestServer } from "./test-server.ts";
export type { Waits } from "./waits.ts";
export { ControlError } from "@restante/control";
export type * from "@restante/control";
