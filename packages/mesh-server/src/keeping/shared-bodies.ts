// The large bodies of many nodes, in an S3-compatible store.

import { openS3Bodies, type S3Bodies, type S3BodiesOptions } from "../bodies/s3.ts";
import { until } from "../bodies/until.ts";
import { defaults, type MeshServerConfig } from "../config.ts";
import { MeshServerError } from "../errors.ts";
import type { BodyNames } from "../store/postgres/reads.ts";
import type { KeepingParts } from "./keeping.ts";
import { readS3Url, type S3Place, s3UrlFormat } from "./urls.ts";
import { createMark, type Marks, ofAnother, whoseIs } from "./whose-bodies.ts";

const DAY_MS = 24 * 60 * 60_000;
/** What no row names is kept as long as a message may live, and as long as in quarantine at least (decision 314). */
const KEEP_UNNAMED_DAYS = 30;
/** So many of the newest bodies are looked for: of one the row may be wrong, or a body lost. */
const NEWEST = 20;
/** The name of an object by which a person says that all is well without them. A sweep deletes it once it is old. */
const WITHOUT_BODIES = "NONE-1.00000000";

export type SharedBodiesSettings = Pick<MeshServerConfig, "bodies" | "s3" | "smallBodyBytes" | "deleteAfterDays">;

export interface SharedBodies extends AsyncDisposable {
  readonly bodies: S3Bodies;
  /** As it was found last: nothing is asked. */
  isFailing(): boolean;
  /** See Keeping.mayDelete. */
  mayDelete(signal: AbortSignal): Promise<boolean>;
  /** Deletes what belongs to nobody, until the signal says otherwise. */
  tidy(now: Date, signal?: AbortSignal): Promise<void>;
}

/** @throws {MeshServerError} `bodies-unreachable`, `bodies-unusable`, `bodies-lost` */
export async function openSharedBodies(
  settings: SharedBodiesSettings,
  store: BodyNames & Marks,
  { emit, troubles }: Pick<KeepingParts, "emit" | "troubles">,
): Promise<SharedBodies> {
  const keptDays = Math.max(KEEP_UNNAMED_DAYS, settings.deleteAfterDays ?? defaults.deleteAfterDays);
  let isFailing = false;
  let strangeBefore = 0;
  const bodies = await openBodiesOf(settings, {
    onTrouble(reason) {
      isFailing = true;
      troubles.met("bodies", reason);
    },
    onWorking() {
      isFailing = false;
      troubles.over("bodies");
    },
  });
  const mark = createMark(bodies, store);
  try {
    await refuseOtherPlace(bodies, store);
    await mark.renew();
  } catch (error) {
    await bodies[Symbol.asyncDispose]();
    throw error;
  }

  return {
    bodies,
    isFailing: () => isFailing,
    mayDelete: (signal) => until(signal, mark.isOurs()).catch(() => false),
    async tidy(now, signal) {
      await mark.check();
      // A place that is full, say, is swept all the same.
      const [renewed] = await Promise.allSettled([mark.renew()]);
      const isNamed = async (fileName: string): Promise<boolean> => store.namesBodyFile(fileName);
      const ages = {
        bodiesBefore: new Date(now.getTime() - keptDays * DAY_MS),
        uploadsBefore: new Date(now.getTime() - DAY_MS),
      };
      const { deleted, aborted, strange, left, why } = await bodies.sweep(isNamed, ages, signal);
      if (deleted + aborted + left > 0) {
        emit({
          event: "bodies-swept",
          place: bodies.where,
          bodies: deleted,
          uploads: aborted,
          ...(why !== undefined && { left, reason: why }),
        });
      }
      if (strange > 0 && strange !== strangeBefore) {
        emit({ event: "strange-files", folder: bodies.where, files: strange });
      }
      strangeBefore = strange;
      if (renewed.status === "rejected") throw renewed.reason;
    },
    [Symbol.asyncDispose]: () => bodies[Symbol.asyncDispose](),
  };
}

/**
 * Where a database is new and bodies are there, they are another's, and each sweep would delete the other's: its name was mistyped, say. A
 * node that starts at the same moment has marked the place before its first body.
 *
 * Where none of the newest bodies that rows name is there, it is another's place, or an older copy: each body that is asked for would be
 * told as damaged, and new ones would come to lie where another's sweep deletes them.
 *
 * Where they are there, and the mark is not known, this database is a copy (whose-bodies.ts).
 *
 * @returns how many were looked for: none where no row names any
 * @throws {MeshServerError} `bodies-lost`
 */
export async function refuseOtherPlace(
  bodies: Pick<S3Bodies, "where" | "wasEmpty" | "hasAny" | "readMark">,
  store: BodyNames,
): Promise<number> {
  const { where, wasEmpty, hasAny } = bodies;
  const whose = await whoseIs(bodies, store);
  if (!wasEmpty && whose !== "ours" && (await store.isNew())) {
    throw new MeshServerError(
      "bodies-lost",
      `${where}: there are bodies already where this database, which is new, would keep its own: name a place of its own in bodies, or the right database in store; if only the object .mark is there, and nothing uses the place, delete it`,
    );
  }
  const newest = await store.newestBodyFiles(NEWEST);
  if (newest.length > 0 && !(await hasAny([...newest, WITHOUT_BODIES]))) {
    // Their messages may have been removed meanwhile.
    const named = await Promise.all(newest.map((fileName) => store.namesBodyFile(fileName)));
    if (named.includes(true)) {
      throw new MeshServerError(
        "bodies-lost",
        `${where}: none of the newest bodies that rows name is there (${newest.length} were looked for): name the right place; to start without them, put an object there that is called ${WITHOUT_BODIES}`,
      );
    }
  }
  if (whose === "another's") throw ofAnother(bodies);
  return newest.length;
}

/** It is tried, before it is used for anything. @throws {MeshServerError} `bodies-unreachable` */
export function openBodiesOf(
  { bodies: place = "", s3, smallBodyBytes: smallBytes = defaults.smallBodyBytes }: SharedBodiesSettings,
  told: Pick<S3BodiesOptions, "onTrouble" | "onWorking"> = {},
): Promise<S3Bodies> {
  return openS3Bodies({ ...placeOf(place), ...s3, smallBytes, ...told });
}

/** The settings were checked. */
function placeOf(text: string): S3Place {
  const place = readS3Url(text);
  if (place === undefined) throw new MeshServerError("config-invalid", `bodies ${s3UrlFormat.problem}`);
  return place;
}
