export type { AdminAccess, ControlDoor, DevelopmentServerConfig, PlainDoor, TlsDoor } from "./config.ts";
export { createDevelopmentServer, type DevelopmentServer } from "./development-server.ts";
export { isMarked, isUnused } from "../marked-folder.ts";
