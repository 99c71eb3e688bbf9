export type { AdminAccess, ControlDoor, DevelopmentServerConfig, PlainDoor, TlsDoor } from "./config.ts";
export { createDevelopmentServer, type DevelopmentServer } from "./development-server.ts";
export { isLoopback, TOKEN_FILE } from "../control/access.ts";
export { knownMailboxes, knownSharedKey, knownWorkflows } from "./known.ts";
export { isMarked, isUnused, mark } from "../marked-folder.ts";
