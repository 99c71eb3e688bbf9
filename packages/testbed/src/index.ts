export { atEnd, type Closing, closingInReverse } from "./at-end.ts";
export { expiredCertificate, strangeAuthority, testAuthority } from "./authority.ts";
export { busyFile } from "./busy-file.ts";
export { clientCertificate, clientOptions, passwordOf, testClient } from "./client.ts";
export { type SettableClock, settableClock } from "./clock.ts";
export {
  addressOf,
  testDirectory,
  testMailboxes,
  type TestPatient,
  testPatients,
  testWorkflow,
} from "@restante/testkit/patients";
export type { OperatorResult } from "./operator-call.ts";
export { type Postgres, postgresMissing, type PostgresOptions, startPostgres } from "./postgres.ts";
export { ownedByPostgres } from "./postgres-process.ts";
export { type Backups, startBackups } from "./postgres-restore.ts";
export { type Standby, startStandby } from "./postgres-standby.ts";
export { type EventName, type EventOf, type RecordedEvents, recordEvents } from "./record-events.ts";
export { type TestAnswer, type TestRequest, testRequest, testToken } from "./request.ts";
export {
  defaultConfig,
  keepShared,
  ofOneMachine,
  type ReachableServer,
  type Shared,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./server.ts";
export { type Program, runProgram } from "./run-program.ts";
export { type S3, startS3 } from "./s3.ts";
export { type ProcessLimits, type ServerProcess, startServerProcess } from "./server-process.ts";
export { bodiesInFolder, bodiesUnder, keyOfBody, type StoredBodies } from "./stored-bodies.ts";
export { temporaryFolder } from "./temporary-folder.ts";
export { waitFor, type WaitOptions } from "./wait-for.ts";
