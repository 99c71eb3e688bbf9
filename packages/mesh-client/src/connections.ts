// The connections of a process to MESH servers, and whose turn it is to use one.
//
// A request has a place from when it is let in until its answer has come whole, and with it a connection. Who gets one is
// the rule of workers.ts: a mailbox that has no request under way waits for no other mailbox, whatever hangs there, nor
// does any request but a download wait for downloads; and none has more than `mostOfOne` else. So there are at most `most`
// connections in use, and two more for each mailbox.
//
// Mailboxes that reach the same server in the same way, with the same certificate, use the same connections, one after
// another: a token of the mailbox is with each request, and the server goes by that. Of any other they have their own.

import { createHash } from "node:crypto";
import { type Dispatcher, Pool } from "undici";
import { checkNumber, checkOptions } from "./check-input.ts";
import type { ClientTls } from "./client-tls.ts";
import { meshClientDefaults } from "./defaults.ts";
import { maxHeadBytes } from "./failures.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import type { Proxy } from "./proxy/proxy.ts";
import { throughProxy } from "./proxy/through-proxy.ts";
import type { Timeouts } from "./timeouts.ts";
import { createWorkers, type Workers } from "./workers.ts";

export interface ConnectionsOptions {
  /** Requests at once of all mailboxes; beyond it, each has one at once still. 64 if absent. */
  readonly most?: number | undefined;
  /** Requests at once of one mailbox; more wait their turn. 8 if absent. A download holds one until it is read. */
  readonly mostOfOne?: number | undefined;
}

/**
 * One set of connections for the MESH clients of many mailboxes, as their option `connections`. A mailbox whose requests
 * hang leaves the others their share. Closing it breaks off what is under way; closing a client of it leaves the others.
 */
export interface Connections extends AsyncDisposable {
  readonly [inside]: SharedConnections;
}

/** What only this package may do with them. */
export const inside: unique symbol = Symbol("connections");

export interface SharedConnections {
  /** A place for each request. */
  readonly places: Workers;
  /** The connections of one way, until they are released by all who lease them. */
  lease(way: Way): Lease;
}

/** What connections that are the same have in common. */
export interface Way {
  readonly origin: string;
  readonly tls: ClientTls | undefined;
  readonly timeouts: Timeouts;
  /** Absent: directly. */
  readonly proxy: Proxy | undefined;
}

export interface Lease {
  readonly dispatcher: Dispatcher;
  release(): Promise<void>;
}

interface Leased {
  readonly pool: Pool;
  readonly destroy: () => Promise<void>;
  users: number;
}

/** Opens no connection yet. Throws `request-invalid` for an option that is wrong. */
export function createConnections(options: ConnectionsOptions = {}): Connections {
  checkOptions("options", options);
  const { most = meshClientDefaults.connectionsInAll, mostOfOne = meshClientDefaults.connections } = options;
  checkNumber("most", most, { from: 1, to: 10_000 });
  checkNumber("mostOfOne", mostOfOne, { from: 1, to: 10_000 });
  const leased = new Map<string, Leased>();
  let isClosed = false;

  function lease(way: Way): Lease {
    if (isClosed) throw new MeshClientError("closed", "The connections were closed.", { retry: "safe" });
    // Not kept as it is: it is made of keys.
    const key = createHash("sha256").update(JSON.stringify(way)).digest("base64");
    const entry = leased.get(key) ?? { ...createPool(way), users: 0 };
    leased.set(key, entry);
    entry.users += 1;
    let isReleased = false;
    return {
      dispatcher: entry.pool,
      async release() {
        if (isReleased) return;
        isReleased = true;
        entry.users -= 1;
        if (entry.users > 0) return;
        leased.delete(key);
        await entry.destroy();
      },
    };
  }

  return {
    [inside]: { places: createWorkers({ most, mostOfOne }), lease },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...leased.values()].map(async ({ destroy }) => destroy()));
    },
  };
}

export function isConnections(value: unknown): value is Connections {
  return typeof value === "object" && value !== null && inside in value;
}

/** Of as many connections as are wanted: who may want one is decided by its place. */
function createPool({ origin, tls, timeouts, proxy }: Way): Omit<Leased, "users"> {
  const { connectMs } = timeouts;
  const closing = new AbortController();
  const pool = new Pool(origin, {
    // One request a connection: a broken one then takes no other with it.
    pipelining: 1,
    allowH2: false,
    connect:
      proxy === undefined
        ? { ...tls, timeout: connectMs }
        : throughProxy({ proxy, tls, connectMs, closing: closing.signal }),
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyIdleMs,
    maxHeaderSize: maxHeadBytes,
  });
  return {
    pool,
    async destroy() {
      closing.abort();
      await pool.destroy();
    },
  };
}
