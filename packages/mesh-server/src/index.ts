export {
  type MailboxConfig,
  type MeshServerConfig,
  readMeshServerConfig,
  type TlsConfig,
  type WorkflowConfig,
} from "./config.ts";
export { MeshServerError, type MeshServerErrorCode } from "./errors.ts";
export { createMeshServer, type MeshServer, type MeshServerServices } from "./server.ts";
export type { MachineTime } from "./time/machine-time.ts";
