// Everything a running server is made of, built once and passed down: what production and development mode have in common.

import { setTimeout as delay } from "node:timers/promises";

import type { Demographics } from "@restante/demographics";
import { type Clock, type Emit, systemClock } from "@restante/mesh";
import type { FastifyInstance } from "fastify";

import { createReplayGuard } from "./auth/replay.ts";
import { defaults, type MeshServerConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { createExpiry } from "./expiry.ts";
import type { Faults } from "./faults/faults.ts";
import { type AddRoutes, createApp, type DoorTls } from "./http/app.ts";
import type { Patience } from "./http/patience.ts";
import { urlOf } from "./http/url-of.ts";
import { type EmbeddedOptions, openEmbedded } from "./keeping/embedded.ts";
import type { Keeping, KeepingParts } from "./keeping/keeping.ts";
import { watchRoom } from "./mailbox-room.ts";
import type { Periods } from "./message.ts";
import { once } from "./once.ts";
import { createOperator, type Operator, tellClosed } from "./operator.ts";
import { createRegistry } from "./registry.ts";
import { createRequestRate } from "./request-rate.ts";
import { createRouting } from "./routing.ts";
import { createRewind, type Rewind } from "./rewind.ts";
import type { MailboxLimits } from "./store/store.ts";
import { type MachineTime, systemTime } from "./time/machine-time.ts";
import { startTimekeeping } from "./time/timekeeping.ts";
import { createTroubles } from "./troubles.ts";

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
  /** Every refusal is told, in development mode only: else each kind once, and then its count. */
  tellsEach?: boolean;
  /** Absent: as patient as a server is. */
  patience?: Patience;
}

export interface Serving {
  /** Of each door, in their order. */
  readonly urls: readonly string[];
  readonly operator: Operator;
  readonly context: Context;
  /** For development alone: of a store that can be rewound. */
  readonly rewind?: Rewind;
  close(): Promise<void>;
}

export interface RewindableServing extends Serving {
  readonly rewind: Rewind;
}

export interface ServeServices extends MeshServerServices, EmbeddedOptions {
  /** How far the clock of expiry, deletion, retries and routing is before `clock`, which all else follows. */
  aheadMs?: () => number;
  /** What goes wrong because it was asked for. */
  faults?: Faults;
  /** Every mailbox may send and receive every workflow; those of the settings are what lookups answer with. */
  anyWorkflow?: boolean;
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
  const limits = readLimits(config);
  const keeping = await openKeeping(config, { realTime, machineTime, emit, troubles, limits }, services);
  const { store, bodies } = keeping;
  try {
    const time = await startTimekeeping({ keeping, store, clock, realTime, emit }, machineTime, {
      accept: config.acceptClock ?? false,
    });
    const base = {
      registry,
      keeping,
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
    };
    const routing = createRouting(base, services.demographics, {
      match: config.match ?? defaults.match,
      holdForMs: (config.routeWithinHours ?? defaults.routeWithinHours) * HOUR,
    });
    const expiry = createExpiry(base);
    let leaving = false;
    const { rewindable } = keeping;
    const rewind = rewindable && createRewind({ ...base, store: rewindable, expiry, routing });
    const context: Context = {
      ...base,
      guard: createReplayGuard(store),
      requestRate: createRequestRate(config.maxRequestsPerSecond, realTime),
      wakeRouting: () => routing.wake(),
      isLeaving: () => leaving,
      ...(faults !== undefined && { faults }),
    };
    await tellClosed(base);
    const apps = await openAll(context, config, doors);
    const urls = apps.map(urlOf);
    for (const url of urls) emit({ event: "server-started", url });
    const tick = setInterval(() => {
      keeping.look();
      void base.room.look();
      routing.wake();
      expiry.wake();
    }, config.tickMs ?? defaults.tickMs);
    routing.wake();

    const close = once(async () => {
      leaving = true;
      const seconds = config.drainSeconds ?? (config.store === undefined ? 0 : defaults.drainSeconds);
      if (seconds > 0) emit({ event: "server-leaving", seconds });
      await delay(seconds * 1000);
      clearInterval(tick);
      await Promise.all(apps.map((app) => app.close()));
      // All at once: who moved the clock may have made thousands of messages due, and the next start goes on with them.
      await Promise.all([rewind?.close(), routing.close(), expiry.close()]);
      // Else the next start finds the look of a minute ago.
      await time.keep().catch(() => undefined);
      await keeping[Symbol.asyncDispose]();
      emit({ event: "server-stopped" });
    });
    return { urls, operator: createOperator(base), context, ...(rewind !== undefined && { rewind }), close };
  } catch (error) {
    await keeping[Symbol.asyncDispose]();
    throw error;
  }
}

export async function serveRewindable(...given: Parameters<typeof serve>): Promise<RewindableServing> {
  const serving = await serve(...given);
  const { rewind } = serving;
  if (rewind === undefined) throw new Error("a store that cannot be rewound");
  return { ...serving, rewind };
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

async function openKeeping(config: ServerSettings, parts: KeepingParts, options: EmbeddedOptions): Promise<Keeping> {
  const { store, dataFolder } = config;
  if (store === undefined && dataFolder !== undefined)
    return await openEmbedded({ ...config, dataFolder }, parts, options);
  if (store === undefined) throw new Error("settings that were not checked");
  // Whoever has one machine does not wait for what speaks to many.
  return await (await import("./keeping/shared.ts")).openShared({ ...config, store }, parts);
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
