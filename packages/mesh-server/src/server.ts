import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { Demographics } from "@restante/demographics";
import { type Clock, type Emit, systemClock } from "@restante/mesh";
import type { FastifyInstance } from "fastify";

import { createReplayGuard } from "./auth/replay.ts";
import { openFileBodies } from "./bodies/files.ts";
import { invalidConfig, type MeshServerConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { createExpiry } from "./expiry.ts";
import { createApp } from "./http/app.ts";
import type { Periods } from "./message.ts";
import { once } from "./once.ts";
import { createRegistry } from "./registry.ts";
import { createRouting } from "./routing.ts";
import { openSqliteStore } from "./store/sqlite/store.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

export interface MeshServer extends AsyncDisposable {
  /** Such as `https://127.0.0.1:8700`, with the port it really has. */
  readonly url: string;
  /** Stops listening, lets requests in hand end, and leaves everything on disk. */
  close(): Promise<void>;
}

export interface MeshServerServices {
  /** Who patients are and which practice they have, for messages addressed to `GPPROVIDER_...`. */
  demographics: Demographics;
  clock?: Clock;
  /** Told of everything that happens. */
  emit?: Emit;
}

/**
 * Starts a MESH server. It listens when the promise resolves.
 * @throws {MeshServerError} `config-invalid`, `store-in-use`, `store-too-new`
 * @example
 * await using server = await createMeshServer(config, { demographics });
 * console.log(server.url);
 */
export async function createMeshServer(config: MeshServerConfig, services: MeshServerServices): Promise<MeshServer> {
  const { clock = systemClock, emit = () => undefined } = services;
  const registry = createRegistry(config);
  const periods = readPeriods(config);
  const store = await openSqliteStore(config.dataFolder, (reason) => emit({ event: "server-failed", reason }));
  try {
    const bodies = await openFileBodies(join(config.dataFolder, "bodies"), config.smallBodyBytes ?? 65_536);
    await bodies.sweep((fileName) => store.namesBodyFile(fileName));
    const base = {
      registry,
      store,
      bodies,
      clock,
      emit,
      periods,
      sharedKey: config.sharedKey,
      maxRequestBytes: config.maxRequestBytes ?? 100_000_000,
    };
    const routing = createRouting(base, services.demographics, {
      match: config.match ?? "spine",
      holdForMs: (config.routeWithinHours ?? 24) * HOUR,
    });
    const expiry = createExpiry(base);
    const context: Context = { ...base, guard: createReplayGuard(store), wakeRouting: () => routing.wake() };
    const app = createApp(context, config);
    await app.listen({ host: config.host, port: config.port });
    const url = urlOf(app);
    emit({ event: "server-started", url });
    const tick = setInterval(() => {
      routing.wake();
      expiry.wake();
    }, config.tickMs ?? 1000);
    routing.wake();

    const close = once(async () => {
      clearInterval(tick);
      await app.close();
      await Promise.all([routing.close(), expiry.close()]);
      await store[Symbol.asyncDispose]();
      emit({ event: "server-stopped" });
    });
    return { url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

function readPeriods(config: MeshServerConfig): Periods {
  if ((config.deleteAfterDays ?? 30) <= (config.collectWithinDays ?? 5)) {
    throw invalidConfig(["deleteAfterDays must be more than collectWithinDays"]);
  }
  return {
    upload: (config.uploadWithinHours ?? 24) * HOUR,
    collect: (config.collectWithinDays ?? 5) * DAY,
    keep: (config.deleteAfterDays ?? 30) * DAY,
  };
}

function urlOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo;
  return `https://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
