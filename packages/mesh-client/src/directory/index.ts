export { directoryClientDefaults } from "./defaults.ts";
export type { ReportSettings } from "./context.ts";
export { createDirectoryClient, type DirectoryClient, type DirectoryClientOptions } from "./directory-client.ts";
export type { FolderName, Folders } from "./folder-name.ts";
export { pairName } from "./pair-name.ts";
export type { HeldPair, PollResult } from "./poll.ts";
