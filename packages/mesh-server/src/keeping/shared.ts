// Of many nodes: PostgreSQL holds the rows, and an S3-compatible store the large bodies. What speaks to them is loaded here alone.

import { hostname } from "node:os";

import { defaults, type MeshServerConfig } from "../config.ts";
import { openPostgresStore } from "../store/postgres/store.ts";
import type { AlikeSettings } from "../store/postgres/alike.ts";
import { connect } from "../store/postgres/database.ts";
import { type Node, openNode } from "../store/postgres/nodes.ts";
import { asOpenError } from "../store/postgres/reach.ts";
import { type Keeping, type KeepingParts, tellOfCommits } from "./keeping.ts";
import { openSharedBodies, type SharedBodies, type SharedBodiesSettings } from "./shared-bodies.ts";

/** A node stays ready while PostgreSQL finds room in pages that it has: what is there is read and acknowledged, and no other node has more room. */
const FULL = "the disk of PostgreSQL is full: nothing new is taken";

export type SharedSettings = AlikeSettings &
  SharedBodiesSettings &
  Pick<MeshServerConfig, "storePassword" | "storeConnections" | "node"> & { store: string };

/** What of the settings says where that is, and how it is reached. */
export type SharedPlaces = Omit<SharedSettings, keyof AlikeSettings> & SharedBodiesSettings;

/** @throws {MeshServerError} `store-unreachable`, `store-too-new`, `store-moving`, `store-busy`, `bodies-unreachable`, `bodies-lost` */
export async function openShared(settings: SharedSettings, parts: KeepingParts): Promise<Keeping> {
  const { storeConnections = defaults.storeConnections, node: name = hostname() } = settings;
  const { realTime: clock, machineTime: machine, emit, troubles, limits } = parts;
  const url = storeUrl(settings);
  // One of them is for what the nodes tell each other, so that it waits for no message.
  const store = await openPostgresStore({ url, node: name, limits, connections: storeConnections - 1 });
  let node: Node | undefined;
  let bodies: SharedBodies | undefined;
  async function close(): Promise<void> {
    await node?.close();
    await bodies?.[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }
  try {
    const large = (bodies = await openSharedBodies(settings, store, parts));
    const opened = (node = await openNode({
      database: connect(url, 1),
      name,
      settings,
      machine,
      clock,
      emit,
    }));
    const whyNothingIsTaken = (): string | undefined =>
      store.trouble() ?? opened.trouble() ?? (store.isFull() ? FULL : undefined);
    return {
      store,
      bodies: large.bodies,
      failing: async () => [
        ...(opened.isWell() && store.trouble() === undefined ? [] : ["store" as const]),
        ...(large.isFailing() ? ["bodies" as const] : []),
      ],
      look() {
        tellOfCommits({ trouble: whyNothingIsTaken }, troubles);
        const unreadable = store.unreadableParts();
        if (unreadable.length === 0) troubles.over("store");
        else troubles.met("store", `row-unreadable: ${unreadable.join(", ")}`);
      },
      // Neither waits for the other to work.
      async tidy(now, signal) {
        const done = await Promise.allSettled([store.keepParts(now), large.tidy(now, signal)]);
        const failed = done.find((result) => result.status === "rejected");
        if (failed !== undefined) throw failed.reason;
      },
      isOurs: (work, able) => opened.isOurs(work, able),
      mayDelete: (signal) => large.mayDelete(signal),
      clockDoubt: () => opened.clockDoubt(),
      clockApart: () => opened.clockApart(),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw asOpenError(error, url);
  }
}

/** With the password in its place. */
export function storeUrl({ store, storePassword }: Pick<SharedSettings, "store" | "storePassword">): string {
  if (storePassword === undefined) return store;
  const given = new URL(store);
  given.password = encodeURIComponent(storePassword);
  return given.href;
}
