// What there is for files alone, without SQLite: for programs that run where Node.js has none.
export { isMissing } from "./exists.ts";
export { currentHolder, describeHolder, type Holder, holderText, isAlive, readHolder } from "./holder.ts";
export { moveFile } from "./move-file.ts";
export { syncFile } from "./sync.ts";
export { systemReason } from "./system-reason.ts";
export { writeWhole } from "./write-whole.ts";
