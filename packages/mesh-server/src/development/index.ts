export type { DevelopmentServer, DevelopmentServerConfig } from "./development-server.ts";
