export { directoryClientDefaults } from "./defaults.ts";
export type { ReportSettings } from "./context.ts";
export { createDirectoryClient, type DirectoryClient } from "./directory-client.ts";
export type { FolderName, Folders } from "./folder-name.ts";
export type { DirectoryClientOptions, PollObserver } from "./options.ts";
export { pairName } from "./pair-name.ts";
export type { HeldPair, PollResult } from "./poll.ts";
export { createWorkers, type Workers, type WorkersOptions } from "../workers.ts";
