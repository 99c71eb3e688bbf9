export type FolderName = "in" | "out" | "sent" | "failed" | "temp";

/** Absolute or relative paths of the five folders of a mailbox. */
export type Folders = Readonly<Record<FolderName, string>>;

export const folderNames: readonly FolderName[] = ["in", "out", "sent", "failed", "temp"];
