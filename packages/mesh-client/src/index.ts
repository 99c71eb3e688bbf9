export { directoryClientDefaults, meshClientDefaults } from "./defaults.ts";
export type { DownloadedMessage, DownloadOptions } from "./download.ts";
export type { InboxPage, ListAllOptions, ListOptions } from "./list.ts";
export type { FoundMailbox } from "./lookup.ts";
export { type CallOptions, createMeshClient, type MeshClient, type MeshClientOptions } from "./mesh-client.ts";
export { MeshClientError, type MeshClientErrorCode, type ServerAnswer } from "./mesh-client-error.ts";
export type { RetryPolicy } from "./retries.ts";
export type { OutgoingBody } from "./outgoing-body.ts";
export { type OutgoingChunk, type OutgoingMessage, wasAccepted } from "./send.ts";
export type { TrackedMessage } from "./track.ts";
export type { ClientTls } from "./transport.ts";
export { unusableIds } from "./unusable-ids.ts";
export type { ReportSettings } from "./directory/context.ts";
export {
  createDirectoryClient,
  type DirectoryClient,
  type DirectoryClientOptions,
} from "./directory/directory-client.ts";
export type { FolderName, Folders } from "./directory/folder-name.ts";
export { pairName } from "./directory/pair-name.ts";
export type { HeldPair, PollResult } from "./directory/poll.ts";
