// What a full disk means for the server, and when it is over. What does not fit is refused (503) and may come again; what
// is there is listed, read and acknowledged with the store's reserve.

import { type Clock, type Emit, lastingTroubles } from "@restante/mesh";

import { freeBytes, type Reserve } from "./store/sqlite/reserve.ts";

export interface Disk {
  /** Something did not fit; `bytes` if it was a body, which may be larger than what is left. */
  lacked(bytes?: number): void;
  /** There is no room for something that should be written. */
  isFull(): boolean;
  /** The store is open. */
  begin(reserve: Reserve): void;
  /** Makes the reserve again where there is room, and tells the end. At every tick. */
  check(): Promise<void>;
}

export function watchDisk(folder: string, { clock, emit }: { clock: Clock; emit: Emit }): Disk {
  const troubles = lastingTroubles(clock);
  let reserve: Reserve | undefined;
  let wanted: number | undefined;

  function lacked(bytes = 0): void {
    wanted = Math.max(wanted ?? 0, bytes);
    const told = troubles.met("disk", "full");
    if (told !== undefined) emit({ event: "disk-full", folder, ...told });
  }

  return {
    lacked,
    isFull: () => wanted !== undefined,
    begin(made) {
      reserve = made;
      // Where it could not be made at the start, nothing new is taken either.
      if (!made.isHeld()) lacked();
    },
    async check() {
      if (wanted === undefined || reserve === undefined) return;
      // A disk that cannot be asked is no disk with room.
      if (!(await reserve.make().catch(() => false)) || (await freeBytes(folder).catch(() => 0)) <= wanted) return;
      wanted = undefined;
      const told = troubles.over("disk");
      if (told !== undefined) emit({ event: "disk-has-room", folder, ...told });
    },
  };
}
