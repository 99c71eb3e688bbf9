// Everything a running server is made of, built once and passed down: what production and development mode have in common.

import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Demographics } from "@restante/demographics";
import { asDurableError, isOpenToOthers } from "@restante/durable";
import { type Clock, type Emit, systemClock } from "@restante/mesh";
import type { FastifyInstance } from "fastify";

import { createReplayGuard } from "./auth/replay.ts";
import type { Bodies } from "./bodies/bodies.ts";
import { openFileBodies } from "./bodies/files.ts";
import { defaults, type MeshServerConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { type Disk, watchDisk } from "./disk.ts";
import { MeshServerError } from "./errors.ts";
import { createExpiry } from "./expiry.ts";
import { failingParts } from "./failing.ts";
import type { Faults } from "./faults/faults.ts";
import { type AddRoutes, createApp, type DoorTls } from "./http/app.ts";
import type { Patience } from "./http/patience.ts";
import { urlOf } from "./http/url-of.ts";
import { watchRoom } from "./mailbox-room.ts";
import type { Periods } from "./message.ts";
import { once } from "./once.ts";
import { createOperator, type Operator, tellClosed } from "./operator.ts";
import { createRegistry } from "./registry.ts";
import { createRequestRate } from "./request-rate.ts";
import type { Rewindable } from "./store/rewindable.ts";
import { createRouting } from "./routing.ts";
import { createRewind, type Rewind } from "./rewind.ts";
import type { MailboxLimits } from "./store/store.ts";
import { openSqliteStore, type SqliteStore } from "./store/sqlite/store.ts";
import { type MachineTime, systemTime } from "./time/machine-time.ts";
import { startTimekeeping } from "./time/timekeeping.ts";
import { createTroubles, type Troubles } from "./troubles.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

export interface MeshServerServices {
  /** Who patients are and which practice they have, for messages addressed to `GPPROVIDER_...`. */
  demographics: Demographics;
  clock?: Clock;
  /** What the machine's own clock is held against. */
  machineTime?: MachineTime;
  /** Told of everything that happens. */
  emit?: Emit;
}

/** What a server is told, but for where it listens. */
export type ServerSettings = Omit<MeshServerConfig, "host" | "port" | "tls">;

/** Where it listens, and how. */
export interface Door {
  host: string;
  port: number;
  /** Absent: plain HTTP, in development mode only. Then nobody is asked for a certificate. */
  tls?: DoorTls;
  /** Routes beside the API's own, in development mode only. */
  addOthers?: AddRoutes;
  /** Absent: as patient as a server is. */
  patience?: Patience;
}

export interface Serving {
  /** Of each door, in their order. */
  readonly urls: readonly string[];
  readonly operator: Operator;
  readonly context: Context;
  /** For development alone. */
  readonly rewind: Rewind;
  close(): Promise<void>;
}

export interface ServeServices extends MeshServerServices {
  /** How far the clock of expiry, deletion, retries and routing is before `clock`, which all else follows. */
  aheadMs?: () => number;
  /** What goes wrong because it was asked for. */
  faults?: Faults;
  /** Every mailbox may send and receive every workflow; those of the settings are what lookups answer with. */
  anyWorkflow?: boolean;
  /** Once the store is open, before anything reads or moves what is in it. */
  beforeServing?: (store: Rewindable) => Promise<void>;
}

/**
 * Opens the store of a checked configuration and listens at each door when the promise resolves.
 * @throws {MeshServerError} {DurableError} as createMeshServer
 */
export async function serve(config: ServerSettings, doors: readonly Door[], services: ServeServices): Promise<Serving> {
  const {
    clock: realTime = systemClock,
    machineTime = systemTime,
    emit = () => undefined,
    aheadMs = () => 0,
    faults,
    anyWorkflow = false,
  } = services;
  const clock: Clock = { now: () => new Date(realTime.now().getTime() + aheadMs()) };
  const registry = createRegistry(config, { anyWorkflow });
  const periods = readPeriods(config);
  const troubles = createTroubles({ clock: realTime, emit });
  const disk = watchDisk(config.dataFolder, { clock: realTime, emit });
  const limits = readLimits(config);
  const store = await openSqliteStore(config.dataFolder, {
    reserveBytes: config.reserveBytes ?? defaults.reserveBytes,
    limits,
    onStopped: (reason) => troubles.storeStopped(reason),
    onFull: () => disk.lacked(),
    onDamaged: (reason) => troubles.met("store", reason),
    onJournalMissing: (file) => emit({ event: "journal-missing", file }),
  });
  try {
    await services.beforeServing?.(store.rewindable);
    disk.begin(store.reserve);
    const time = await startTimekeeping({ store, clock, realTime, emit }, machineTime, {
      accept: config.acceptClock ?? false,
    });
    const bodies = await openBodies(config, store, { realTime, emit, troubles, disk });
    const base = {
      registry,
      store,
      bodies,
      clock,
      realTime,
      emit,
      periods,
      nonDeliveryReports: config.nonDeliveryReports ?? defaults.nonDeliveryReports,
      troubles,
      time,
      room: watchRoom({ store, clock: realTime, emit }, limits),
      sharedKey: config.sharedKey,
      maxRequestBytes: config.maxRequestBytes ?? defaults.maxRequestBytes,
      failing: () => failingParts(config.dataFolder, store, disk),
    };
    const routing = createRouting(base, services.demographics, {
      match: config.match ?? defaults.match,
      holdForMs: (config.routeWithinHours ?? defaults.routeWithinHours) * HOUR,
    });
    const expiry = createExpiry(base);
    const rewind = createRewind({ ...base, store: store.rewindable, expiry, routing });
    const context: Context = {
      ...base,
      guard: createReplayGuard(store),
      requestRate: createRequestRate(config.maxRequestsPerSecond, realTime),
      wakeRouting: () => routing.wake(),
      ...(faults !== undefined && { faults }),
    };
    await tellClosed(base);
    const apps = await openAll(context, config, doors);
    const urls = apps.map(urlOf);
    for (const url of urls) emit({ event: "server-started", url });
    const tick = setInterval(() => {
      store.checkPlace();
      const waiting = store.trouble();
      if (waiting === undefined) troubles.over("commit");
      else troubles.met("commit", waiting);
      void disk.check();
      void base.room.look();
      routing.wake();
      expiry.wake();
    }, config.tickMs ?? defaults.tickMs);
    routing.wake();

    const close = once(async () => {
      clearInterval(tick);
      await Promise.all(apps.map((app) => app.close()));
      await rewind.close();
      await Promise.all([routing.close(), expiry.close()]);
      // Else the next start finds the look of a minute ago.
      await time.keep().catch(() => undefined);
      await store[Symbol.asyncDispose]();
      emit({ event: "server-stopped" });
    });
    return { urls, operator: createOperator(base), context, rewind, close };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** All of them or none. */
async function openAll(context: Context, config: ServerSettings, doors: readonly Door[]): Promise<FastifyInstance[]> {
  const apps: FastifyInstance[] = [];
  try {
    for (const door of doors) apps.push(await open(context, config, door));
    return apps;
  } catch (error) {
    await Promise.all(apps.map((app) => app.close()));
    throw error;
  }
}

async function open(context: Context, config: ServerSettings, door: Door): Promise<FastifyInstance> {
  const app = createApp(context, { ...config, ...door });
  await app.listen({ host: door.host, port: door.port });
  return app;
}

async function openBodies(
  config: ServerSettings,
  store: SqliteStore,
  { realTime, emit, troubles, disk }: { realTime: Clock; emit: Emit; troubles: Troubles; disk: Disk },
): Promise<Bodies> {
  const folder = join(config.dataFolder, "bodies");
  const expected = await store.countBodyFiles();
  if (expected > 0 && !existsSync(folder)) {
    throw new MeshServerError(
      "bodies-lost",
      `${folder}: it is missing, but ${expected} bodies belong into it: put it back, or make an empty folder there to start without them`,
    );
  }
  try {
    const bodies = await openFileBodies(folder, config.smallBodyBytes ?? defaults.smallBodyBytes, {
      onFull: (bytes) => disk.lacked(bytes),
      onTrouble: (reason) => troubles.met("bodies", reason),
      onWorking: () => troubles.over("bodies"),
    });
    for (const found of [config.dataFolder, folder]) {
      if (isOpenToOthers(found) === true) emit({ event: "folder-open-to-others", folder: found });
    }
    // Never before the last day seen: a clock that starts in 1970 must not cut the 30 days of quarantine short.
    const day = new Date(Math.max(realTime.now().getTime(), (await store.seenTime())?.wall ?? 0));
    const { named, added, quarantined, strange } = await bodies.sweep((fileName) => store.namesBodyFile(fileName), day);
    if (named < expected) emit({ event: "bodies-missing", folder, bodies: expected - named });
    if (quarantined > 0) {
      emit({ event: "bodies-quarantined", folder: bodies.quarantineFolder, bodies: quarantined, added });
    }
    if (strange > 0) emit({ event: "strange-files", folder, files: strange });
    return bodies;
  } catch (error) {
    throw asDurableError(error, folder);
  }
}

function readPeriods(config: ServerSettings): Periods {
  return {
    upload: (config.uploadWithinHours ?? defaults.uploadWithinHours) * HOUR,
    collect: (config.collectWithinDays ?? defaults.collectWithinDays) * DAY,
    keep: (config.deleteAfterDays ?? defaults.deleteAfterDays) * DAY,
  };
}

function readLimits({ maxWaitingMessages: messages, maxWaitingBytes: bytes }: ServerSettings): MailboxLimits {
  return { ...(messages !== undefined && { messages }), ...(bytes !== undefined && { bytes }) };
}
