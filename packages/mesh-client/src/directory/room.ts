import { stat, statfs } from "node:fs/promises";
import type { Folders } from "./folder-name.ts";
import { FolderTrouble, labelOf } from "./folder-trouble.ts";

/** So much of a disk is left to the journal, to control files and to whoever else writes there; of a small one a 20th. */
const reserveBytes = 64 * 1024 * 1024;
const reserveShare = 0.05;

/** What is left of a disk, in bytes: infinite where that cannot be told. */
export interface Room {
  readonly folder: "temp" | "in";
  readonly bytes: number;
}

export const noRoomForIt = "there is no room for it on the disk";

/** A message larger than the room there is. */
export class NoRoom extends FolderTrouble {
  readonly needs: number;

  constructor(needs: number, { folder }: Room) {
    super(labelOf(folder), noRoomForIt, "room");
    this.needs = needs;
  }
}

/**
 * The room for received messages, which are written in TEMP and then go to IN. Several arrive at once: each claims what it was
 * announced to be, and none is begun on room that was claimed before, for this mailbox or for another of the process.
 */
export interface Rooms {
  /** The least room there is for one more. */
  least(): Promise<Room>;
  /** @throws NoRoom */
  claim(bytes: number): Promise<Claim>;
}

/** Until it is disposed of, when the message is in IN or will not be. */
export interface Claim extends Disposable {
  readonly bytes: number;
  /** So much of it is in TEMP, where the disk counts it itself. */
  wrote(bytes: number): void;
  /** The least room there is for more of it, when so much was written that was not claimed: without what others claimed. */
  leastForMore(written: number): Promise<Room>;
}

/** By its device; where that cannot be told, by the folder. */
type Disk = number | string;

interface Claimed {
  readonly bytes: number;
  written: number;
  readonly temp: Disk;
  readonly in: Disk;
}

interface Measured {
  readonly temp: { readonly disk: Disk; readonly bytes: number };
  readonly in: { readonly disk: Disk; readonly bytes: number };
}

/** Of all mailboxes of this process, which may have their folders on one disk. */
const all = new Set<Claimed>();

export function createRooms({ temp, in: inbox }: Folders): Rooms {
  let measuring: Promise<Measured> | undefined;

  /** Whoever asks at the same time shares the answer: a disk that gives none takes one thread of a mailbox, and not one a message. */
  async function measure(): Promise<Measured> {
    measuring ??= measureBoth().finally(() => (measuring = undefined));
    return measuring;
  }

  async function measureBoth(): Promise<Measured> {
    const ofTemp = await measureOne(temp);
    const ofIn = await measureOne(inbox);
    // Where one cannot be told they are taken for one.
    const isOne = typeof ofTemp.disk === "string" || typeof ofIn.disk === "string";
    return { temp: ofTemp, in: isOne ? ofTemp : ofIn };
  }

  async function least(own?: { readonly claimed: Claimed; readonly written: number }): Promise<Room> {
    return leastOf(await measure(), own);
  }

  return {
    least: async () => least(),
    async claim(bytes) {
      const measured = await measure();
      // From here to the end nobody else comes in between.
      const room = leastOf(measured);
      if (bytes > room.bytes) throw new NoRoom(bytes, room);
      const claimed: Claimed = { bytes, written: 0, temp: measured.temp.disk, in: measured.in.disk };
      all.add(claimed);
      return {
        bytes,
        wrote: (written) => {
          claimed.written = written;
        },
        leastForMore: async (written) => least({ claimed, written }),
        [Symbol.dispose]: () => void all.delete(claimed),
      };
    },
  };
}

function leastOf(measured: Measured, own?: { readonly claimed: Claimed; readonly written: number }): Room {
  const toCome = (disk: Disk): number =>
    [...all].reduce((sum, other) => (other === own?.claimed ? sum : sum + bytesToCome(other, disk)), 0);
  const ofTemp: Room = { folder: "temp", bytes: Math.max(0, measured.temp.bytes - toCome(measured.temp.disk)) };
  if (measured.in.disk === measured.temp.disk) return ofTemp;
  const toMove = toCome(measured.in.disk) + (own?.written ?? 0);
  const ofIn: Room = { folder: "in", bytes: Math.max(0, measured.in.bytes - toMove) };
  return ofIn.bytes < ofTemp.bytes ? ofIn : ofTemp;
}

/** What a claim will take of a disk that the disk does not count yet. */
function bytesToCome({ bytes, written, temp, in: inbox }: Claimed, disk: Disk): number {
  if (temp === disk) return Math.max(0, bytes - written);
  // Nothing of it is there until its message is moved.
  return inbox === disk ? Math.max(bytes, written) : 0;
}

/** After so many bytes the room is asked again. */
const roomForBytes = 4_000_000;

/**
 * Whether there is room for so much more of what nobody announced: asked of the disk now and then, since others grow too.
 *
 * @param room how much more there is room for when so much was written
 * @param granted so much there is room for in any case
 */
export function askForRoom(
  room: (written: number) => Promise<number>,
  granted: number = 0,
): (written: number, more: number) => Promise<boolean> {
  let most = granted;
  return async (written, more) => {
    if (written + more <= most) return true;
    const left = await room(written);
    if (left < more) return false;
    most = written + Math.min(left, roomForBytes);
    return true;
  };
}

async function measureOne(folder: string): Promise<{ disk: Disk; bytes: number }> {
  const disk = await stat(folder).then(
    ({ dev }) => dev,
    () => folder,
  );
  return { disk, bytes: await roomIn(folder) };
}

async function roomIn(folder: string): Promise<number> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return Math.max(0, bavail * bsize - Math.min(reserveBytes, blocks * bsize * reserveShare));
  } catch {
    return Infinity;
  }
}
