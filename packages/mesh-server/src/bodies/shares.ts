import { createRoom, type Release, type Room } from "./room.ts";

/**
 * A room of which nobody has more at once than a share. What has its share waits for the room; what waits for its share keeps nobody
 * else waiting.
 * @param share one larger than it takes all of it, and what it needs of the room
 */
export function createShares(all: Room, share: number): (whose: string) => Pick<Room, "take" | "takeNow"> {
  /** Of those that have some of it, or wait. */
  const shares = new Map<string, Room>();

  return (whose) => {
    function shareOf(): Room {
      const own = shares.get(whose) ?? createRoom(share);
      shares.set(whose, own);
      return own;
    }

    /** Undefined unless there is room in both. */
    function together(own: Room, ofOwn: Release | undefined, ofAll: Release | undefined): Release | undefined {
      const release = (): void => {
        ofAll?.();
        ofOwn?.();
        if (own.isIdle() && shares.get(whose) === own) shares.delete(whose);
      };
      if (ofAll !== undefined) return release;
      release();
      return undefined;
    }

    return {
      async take(size, milliseconds, signal) {
        const own = shareOf();
        const until = performance.now() + milliseconds;
        let ofOwn: Release | undefined;
        try {
          ofOwn = await own.take(size, milliseconds, signal);
          const ofAll = ofOwn && (await all.take(size, until - performance.now(), signal));
          return together(own, ofOwn, ofAll);
        } catch (error) {
          together(own, ofOwn, undefined);
          throw error;
        }
      },
      takeNow(size) {
        const own = shareOf();
        const ofOwn = own.takeNow(size);
        return together(own, ofOwn, ofOwn && all.takeNow(size));
      },
    };
  };
}
