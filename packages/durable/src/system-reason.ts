const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EEXIST: "something else is in its place",
  EBUSY: "it is busy",
  ETXTBSY: "another program has it open",
  EIO: "the disk cannot be read or written",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EXDEV: "it is on another file system",
  EROFS: "the disk cannot be written to",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead nowhere",
};

/**
 * Why the operating system refused a file, in words: "there is no such file". `absent` is what ENOENT means there: of a
 * file that is written, it is the folder that is missing.
 */
export function systemReason(error: unknown, absent: "file" | "folder" = "file"): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `there is no such ${absent}`;
  return (code === undefined ? undefined : reasons[code]) ?? code ?? "unknown reason";
}
