// What lies below the prefix of bodies in an S3-compatible store:
//
//   NAME               a body. One that no row names, and that is older than any message may be, is deleted.
//   .mark              says whose the place is (keeping/whose-bodies.ts). Stays.
//   .probe.RANDOM      of a check that was broken off (s3.ts). Deleted when it is as old; its upload like those of bodies.
//   anything else      not ours: left alone, and told by its count.
// And uploads of bodies that were begun and never ended, which no list of objects has. Any number of nodes may do this at once:
// what is deleted already is deleted again. What cannot be deleted, as under a lock that somebody put on it, holds up nothing behind it.

import { MeshServerError } from "../errors.ts";
import { inLanes } from "../lanes.ts";
import { isBodyName, isProbeName, MARK_NAME } from "./names.ts";
import type { Listed, S3Store } from "./s3-store.ts";

/** Looked up or deleted at a time. */
const AT_ONCE = 16;

export interface S3Swept {
  /** Named by a row, of those that are old enough to be asked about. */
  named: number;
  deleted: number;
  /** Uploads that never ended. */
  aborted: number;
  /** Objects, and folders of them, that are not ours: left alone. */
  strange: number;
  /** What was to go and could not be deleted or ended: the next sweep's. */
  left: number;
  /** The first of those, and what keeps it there. */
  why?: string;
}

/** By the machine's own clock, whatever it may say: it is held against the store's. */
export interface SweepAges {
  bodiesBefore: Date;
  uploadsBefore: Date;
}

/**
 * @param signal looked at before each
 * @throws {MeshServerError} `bodies-unusable` if nothing is listed, or what the signal says: what is left is the next sweep's
 */
export async function sweepS3(
  store: S3Store,
  isNamed: (fileName: string) => Promise<boolean>,
  { bodiesBefore, uploadsBefore }: SweepAges,
  signal?: AbortSignal,
): Promise<S3Swept> {
  const found: S3Swept = { named: 0, deleted: 0, aborted: 0, strange: 0, left: 0 };
  const isOld = ({ at }: Listed, before: Date): boolean => at.getTime() < before.getTime() + store.aheadMs();

  async function remove(name: string, counted: "deleted" | "aborted", removing: Promise<void>): Promise<void> {
    try {
      await removing;
      found[counted] += 1;
    } catch (error) {
      if (!(error instanceof MeshServerError)) throw error;
      found.left += 1;
      found.why ??= `${name}: ${error.message}`;
    }
  }

  async function sweepObject(object: Listed): Promise<void> {
    if (object.name === MARK_NAME) return;
    const isProbe = isProbeName(object.name);
    if (!isProbe && !isBodyName(object.name)) {
      found.strange += 1;
    } else if (!isOld(object, bodiesBefore)) {
      // Its row may be on its way.
    } else if (!isProbe && (await isNamed(object.name))) {
      found.named += 1;
    } else {
      await remove(object.name, "deleted", store.delete(object.name));
    }
  }

  /** A page of them may take a minute. */
  async function inTurn<Thing>(things: readonly Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
    await inLanes(AT_ONCE, things.values(), async (thing) => {
      signal?.throwIfAborted();
      await work(thing);
    });
  }

  for await (const page of store.list()) await inTurn(page, sweepObject);
  for await (const page of store.listUploads()) {
    const ours = page.filter(
      (upload) => (isBodyName(upload.name) || isProbeName(upload.name)) && isOld(upload, uploadsBefore),
    );
    await inTurn(ours, async ({ name, id }) => remove(name, "aborted", store.abortUpload(name, id)));
  }
  return found;
}
