export type {
  EmbeddedServerConfig,
  MailboxConfig,
  MeshServerConfig,
  S3Config,
  TlsConfig,
  WorkflowConfig,
} from "./config.ts";
export {
  meshServerMailboxProperties,
  meshServerProperties,
  meshServerRules,
  meshServerS3Properties,
  meshServerStrictTls,
} from "./config-schema.ts";
export { MeshServerError, type MeshServerErrorCode } from "./errors.ts";
export { readMeshServerConfig } from "./read-config.ts";
export type { BodyGivenUp, ClosedMailbox, Operator, PutBack } from "./operator.ts";
export { OperatorError, type OperatorErrorCode } from "./operator-error.ts";
export type { MeshServerServices } from "./serve.ts";
export { createMeshServer, type MeshServer } from "./server.ts";
export type { MachineTime } from "./time/machine-time.ts";
