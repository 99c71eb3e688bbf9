export { asDurableError, DurableError, type DurableErrorCode } from "./errors.ts";
export { holdFolder, type HoldOptions, isFolderHeld } from "./hold-folder.ts";
export { inTransaction } from "./in-transaction.ts";
export { moveFile, movingName } from "./move-file.ts";
export { type DatabaseOptions, openDatabase } from "./open-database.ts";
export { ensurePrivate, isOpenToOthers } from "./private.ts";
export { makeFolder, makeFolders, syncFile, syncFolder } from "./sync.ts";
export { systemReason } from "./system-reason.ts";
export { writeNew, writeWhole } from "./write-whole.ts";
