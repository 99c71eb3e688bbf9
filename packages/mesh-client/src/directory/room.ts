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

/** A message larger than the room there is. */
export class NoRoom extends FolderTrouble {
  readonly needs: number;

  constructor(needs: number, { folder }: Room) {
    super(labelOf(folder), "there is no room for it on the disk", "room");
    this.needs = needs;
  }
}

/**
 * The room for received messages, which are written in TEMP and then go to IN. Several arrive at once: each claims what it was
 * announced to be, and none is begun on room that was claimed before.
 */
export interface Rooms {
  /** The least room there is for one more. */
  least(): Promise<Room>;
  /** @throws NoRoom */
  claim(bytes: number): Promise<Claim>;
}

/** Until it is disposed of, when the message is in IN or will not be. */
export interface Claim extends Disposable {
  /** So much of it is in TEMP, where the disk counts it itself. */
  wrote(bytes: number): void;
  /** The least room there is for more of it, when so much was written that was not claimed: without what others claimed. */
  leastForMore(written: number): Promise<Room>;
}

interface Claimed {
  readonly bytes: number;
  written: number;
}

export function createRooms({ temp, in: inbox }: Folders): Rooms {
  const all = new Set<Claimed>();
  let last: Promise<unknown> = Promise.resolve();

  async function least(own?: { readonly claimed: Claimed; readonly written: number }): Promise<Room> {
    const others = [...all].filter((other) => other !== own?.claimed);
    const toCome = others.reduce((sum, { bytes, written }) => sum + Math.max(0, bytes - written), 0);
    const ofTemp: Room = { folder: "temp", bytes: Math.max(0, (await roomIn(temp)) - toCome) };
    if (!(await onAnotherDisk(temp, inbox).catch(() => false))) return ofTemp;
    // Nothing of a claim is there until its message is moved.
    const toMove = others.reduce((sum, { bytes, written }) => sum + Math.max(bytes, written), own?.written ?? 0);
    const ofIn: Room = { folder: "in", bytes: Math.max(0, (await roomIn(inbox)) - toMove) };
    return ofIn.bytes < ofTemp.bytes ? ofIn : ofTemp;
  }

  async function claim(bytes: number): Promise<Claim> {
    const room = await least();
    if (bytes > room.bytes) throw new NoRoom(bytes, room);
    const claimed: Claimed = { bytes, written: 0 };
    all.add(claimed);
    return {
      wrote: (written) => {
        claimed.written = written;
      },
      leastForMore: async (written) => least({ claimed, written }),
      [Symbol.dispose]: () => void all.delete(claimed),
    };
  }

  return {
    least: async () => least(),
    async claim(bytes) {
      // One after another: what is refused takes no room from the next.
      const mine = last.then(async () => claim(bytes));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

async function roomIn(folder: string): Promise<number> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return Math.max(0, bavail * bsize - Math.min(reserveBytes, blocks * bsize * reserveShare));
  } catch {
    return Infinity;
  }
}

async function onAnotherDisk(one: string, other: string): Promise<boolean> {
  return (await stat(one)).dev !== (await stat(other)).dev;
}
