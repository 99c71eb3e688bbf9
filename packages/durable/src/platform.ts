// Every difference between the platforms that matters to what is done with a disk, in one place. The rest of the code asks these,
// and never which platform it runs on.
//
//                                    Linux, macOS                      Windows
// a folder is synced                 by opening it                     not at all: NTFS keeps names in a journal of its own
// files have modes                   yes                               no: access is by lists, which a folder hands down
// a rename, over a file too, or a    works, on a share perhaps         fails with EPERM, EACCES or EBUSY, at times for a moment
//   removal, while another program     not (EBUSY, ETXTBSY)              only (a virus scanner, an indexer)
//   has the file open
// a file has a second name           where the file system has links   likewise
// a link is not followed             by a flag of open(2)              there is no such flag
//
// What the machine tells of itself (boot, installation) is in machine.ts and holder.ts, which go by what they find. Whether names
// that differ in case or Unicode form alone are one is told by the file system, not by the platform: Linux may have a share of
// Windows mounted. See `folded`.

import { constants } from "node:fs";
import { link, rename, unlink } from "node:fs/promises";

export interface Platform {
  readonly canSyncFolders: boolean;
  readonly hasModes: boolean;
  /** What a rename or a removal fails with that may work a moment later. */
  readonly passing: ReadonlySet<string>;
  /** For so long it is tried again. Milliseconds. */
  readonly patienceMs: number;
  /** What a second name is refused with where the file system has no links, or no more of them. */
  readonly withoutLinks: ReadonlySet<string>;
  /** For open(2): a link is not followed, and a pipe or a device not waited for. */
  readonly plainFileFlags: number;
  readonly rename: typeof rename;
  readonly unlink: typeof unlink;
  readonly link: typeof link;
}

const everywhere = {
  patienceMs: 1000,
  // ENOTSUP, EPERM: without links. EMLINK: it has as many names as it may have. EXDEV: on another.
  withoutLinks: new Set(["EXDEV", "EPERM", "ENOTSUP", "ENOSYS", "EMLINK"]),
  rename: async (from, to) => rename(from, to),
  unlink: async (path) => unlink(path),
  link: async (from, to) => link(from, to),
} satisfies Partial<Platform>;

export const posix: Platform = {
  ...everywhere,
  canSyncFolders: true,
  hasModes: true,
  passing: new Set(["EBUSY", "ETXTBSY"]),
  // oxlint-disable-next-line no-bitwise -- flags of open(2)
  plainFileFlags: (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
};

export const windows: Platform = {
  ...everywhere,
  canSyncFolders: false,
  hasModes: false,
  passing: new Set(["EPERM", "EACCES", "EBUSY"]),
  plainFileFlags: 0,
};

export const platform: Platform = process.platform === "win32" ? windows : posix;

/** Names that may be one on some file system have one form: NTFS, APFS and SMB take no account of case, nor APFS of Unicode form. */
export function folded(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
