import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
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
import { createApp } from "./http/app.ts";
import { watchRoom } from "./mailbox-room.ts";
import type { Periods } from "./message.ts";
import { once } from "./once.ts";
import { createOperator, type Operator, tellClosed } from "./operator.ts";
import { readMeshServerConfig } from "./read-config.ts";
import { createRegistry } from "./registry.ts";
import { createRequestRate } from "./request-rate.ts";
import { createRouting } from "./routing.ts";
import type { MailboxLimits } from "./store/store.ts";
import { openSqliteStore, type SqliteStore } from "./store/sqlite/store.ts";
import { type MachineTime, systemTime } from "./time/machine-time.ts";
import { startTimekeeping } from "./time/timekeeping.ts";
import { createTroubles, type Troubles } from "./troubles.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

export interface MeshServer extends AsyncDisposable {
  /** Such as `https://127.0.0.1:8700`, with the port it really has. */
  readonly url: string;
  /** What an operator may do beside what clients ask for. */
  readonly operator: Operator;
  /** Stops listening, lets requests in hand end, and leaves everything on disk. */
  close(): Promise<void>;
}

export interface MeshServerServices {
  /** Who patients are and which practice they have, for messages addressed to `GPPROVIDER_...`. */
  demographics: Demographics;
  clock?: Clock;
  /** What the machine's own clock is held against. */
  machineTime?: MachineTime;
  /** Told of everything that happens. */
  emit?: Emit;
}

/**
 * Starts a MESH server. It listens when the promise resolves.
 * @throws {MeshServerError} `config-invalid` (every problem at once), `store-in-use`, `store-too-new`, `store-lost`, `bodies-lost`
 * @throws {DurableError} a file or folder that cannot be used: which, why, and what helps
 * @example
 * await using server = await createMeshServer(config, { demographics });
 * console.log(server.url);
 */
export async function createMeshServer(options: MeshServerConfig, services: MeshServerServices): Promise<MeshServer> {
  const { clock = systemClock, machineTime = systemTime, emit = () => undefined } = services;
  const config = readMeshServerConfig(options);
  const registry = createRegistry(config);
  const periods = readPeriods(config);
  const troubles = createTroubles({ clock, emit });
  const disk = watchDisk(config.dataFolder, { clock, emit });
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
    disk.begin(store.reserve);
    const time = await startTimekeeping({ store, clock, emit }, machineTime, { accept: config.acceptClock ?? false });
    const bodies = await openBodies(config, store, { clock, emit, troubles, disk });
    const base = {
      registry,
      store,
      bodies,
      clock,
      emit,
      periods,
      nonDeliveryReports: config.nonDeliveryReports ?? defaults.nonDeliveryReports,
      troubles,
      time,
      room: watchRoom({ store, clock, emit }, limits),
      sharedKey: config.sharedKey,
      maxRequestBytes: config.maxRequestBytes ?? defaults.maxRequestBytes,
      failing: () => failingParts(config.dataFolder, store, disk),
    };
    const routing = createRouting(base, services.demographics, {
      match: config.match ?? defaults.match,
      holdForMs: (config.routeWithinHours ?? defaults.routeWithinHours) * HOUR,
    });
    const expiry = createExpiry(base);
    const context: Context = {
      ...base,
      guard: createReplayGuard(store),
      requestRate: createRequestRate(config.maxRequestsPerSecond, clock),
      wakeRouting: () => routing.wake(),
    };
    const app = createApp(context, config);
    await tellClosed(base);
    await app.listen({ host: config.host, port: config.port });
    const url = urlOf(app);
    emit({ event: "server-started", url });
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
      await app.close();
      await Promise.all([routing.close(), expiry.close()]);
      // Else the next start finds the look of a minute ago.
      await time.keep().catch(() => undefined);
      await store[Symbol.asyncDispose]();
      emit({ event: "server-stopped" });
    });
    return { url, operator: createOperator(base), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

async function openBodies(
  config: MeshServerConfig,
  store: SqliteStore,
  { clock, emit, troubles, disk }: { clock: Clock; emit: Emit; troubles: Troubles; disk: Disk },
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
    const day = new Date(Math.max(clock.now().getTime(), (await store.seenTime())?.wall ?? 0));
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

function readPeriods(config: MeshServerConfig): Periods {
  return {
    upload: (config.uploadWithinHours ?? defaults.uploadWithinHours) * HOUR,
    collect: (config.collectWithinDays ?? defaults.collectWithinDays) * DAY,
    keep: (config.deleteAfterDays ?? defaults.deleteAfterDays) * DAY,
  };
}

function readLimits({ maxWaitingMessages: messages, maxWaitingBytes: bytes }: MeshServerConfig): MailboxLimits {
  return { ...(messages !== undefined && { messages }), ...(bytes !== undefined && { bytes }) };
}

function urlOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo;
  return `https://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
