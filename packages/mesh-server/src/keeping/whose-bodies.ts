// Whose a place of bodies is. Of a database that is copied, as for staging, or put back to an earlier moment, the rows name what the
// original named then. A node on it that used the original's place would delete there what is over by its rows alone. So each place
// has an object, `.mark`, with a word that its database alone knows:
//
//   made       the row of a new mark is committed. The object has an earlier one, or is not there.
//   put        the object has the new one. A copy that was made before does not know it: no node starts on that.
//   kept       its row is written again, if it has gone while whoever put it stood still; those made a day and more before it go.
//
// It is made as a move begins (move-store.ts), and anew at each start of a node, and each hour. Any number of nodes may do that at
// once: the object has one that is known, whoever put it last. A kill between two states leaves one that is known. Nothing rests on a
// put that is conditional.
//
// Asked before each start, before the hour's sweep, and before what is over is deleted: of what has just been put, and no row names, the name is
// random, and so no other's.
//
// Not told apart: a copy that starts before the original has made another mark. From then on the original finds a mark that it does not
// know, deletes nothing, and tells of it each hour, until a person has stopped one of them and deleted the object.

import type { S3Bodies } from "../bodies/s3.ts";
import { MeshServerError } from "../errors.ts";
import type { BodyMarks } from "../store/postgres/marks.ts";
import type { BodyNames } from "../store/postgres/reads.ts";

/** What was found holds for so long. */
const LOOK_AGAIN_MS = 60_000;

export type MarkedPlace = Pick<S3Bodies, "where" | "readMark" | "putMark">;
export type Marks = BodyMarks & Pick<BodyNames, "knowsMark">;

export interface Mark {
  /** @throws {MeshServerError} `bodies-lost`: it is another's. `bodies-unusable`: that is not known */
  check(): Promise<void>;
  /** Makes it anew, of a place that was checked. @throws {MeshServerError} `bodies-unusable`, `store-full` */
  renew(): Promise<void>;
  /** Whether the place was ours a minute ago at most. Never fails: what is not known is not so. */
  isOurs(): Promise<boolean>;
}

export function createMark(place: MarkedPlace, marks: Marks, lookAgainMs: number = LOOK_AGAIN_MS): Mark {
  let found: Promise<boolean> | undefined;

  async function look(): Promise<boolean> {
    const isOurs = await whoseIs(place, marks).then(
      (whose) => whose !== "another's",
      () => false,
    );
    setTimeout(() => (found = undefined), lookAgainMs).unref();
    return isOurs;
  }

  return {
    async check() {
      if ((await whoseIs(place, marks)) === "another's") throw ofAnother(place);
    },
    async renew() {
      const mark = await marks.makeMark();
      await place.putMark(mark);
      await marks.keepMark(mark);
    },
    isOurs: () => (found ??= look()),
  };
}

export async function whoseIs(
  { readMark }: Pick<MarkedPlace, "readMark">,
  { knowsMark }: Pick<Marks, "knowsMark">,
): Promise<"ours" | "another's" | "nobody's"> {
  for (let mark = await readMark(); mark !== undefined;) {
    if (await knowsMark(mark)) return "ours";
    // Where it was made anew since, its row may have gone meanwhile.
    const again = await readMark();
    if (again === mark) return "another's";
    mark = again;
  }
  return "nobody's";
}

export function ofAnother({ where }: Pick<MarkedPlace, "where">): MeshServerError {
  return new MeshServerError(
    "bodies-lost",
    `${where}: these are the bodies of another database; or this database is a copy, or it or this place was put back to an earlier moment (it does not know the mark in .mark there): nothing is deleted there. Name a place of its own in bodies; or stop what else uses this place, if anything does, and delete the object .mark`,
  );
}
