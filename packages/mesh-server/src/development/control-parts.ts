// What control is made of, in the order in which it is needed: what the server is given when it begins to serve, and then the
// control of that server.

import { systemClock } from "@restante/mesh";

import { createControl, type OwnedControl } from "../control/create-control.ts";
import { createEventFeed } from "../control/event-feed.ts";
import { createMovedClock } from "../control/moved-clock.ts";
import { createReset } from "../control/reset.ts";
import { createSnapshots } from "../control/snapshots.ts";
import { faultyDemographics } from "../faults/demographics.ts";
import { createFaults } from "../faults/faults.ts";
import { createMoves } from "../faults/moves.ts";
import { createRegistry } from "../registry.ts";
import type { MeshServerServices, ServerSettings, ServeServices, RewindableServing } from "../serve.ts";
import { openKeptParts } from "./kept-parts.ts";

export interface BegunControl {
  /** In the place of those that it was begun with. */
  readonly services: ServeServices;
  /** Of the server that serves with them. Once. */
  controlOf(serving: RewindableServing): OwnedControl;
  /** At an orderly end: how often faults were done. */
  keep(): Promise<void>;
}

export async function beginControl(
  settings: ServerSettings & { dataFolder: string },
  services: MeshServerServices,
  { canExpireCertificate }: { canExpireCertificate: boolean },
): Promise<BegunControl> {
  const { dataFolder } = settings;
  const { demographics, clock: realTime = systemClock, emit = () => undefined } = services;
  let served: RewindableServing | undefined;
  const serving = (): RewindableServing => {
    if (served === undefined) throw new Error("control before there is a server");
    return served;
  };
  const feed = createEventFeed(emit, realTime);
  const registry = createRegistry(settings);
  const faults = createFaults({
    emit: feed.emit,
    canExpireCertificate,
    isMailbox: (mailboxId) => registry.find(mailboxId) !== undefined,
  });
  const moves = createMoves(demographics);
  const kept = await openKeptParts(dataFolder, { faults: faults.part, demographics: moves.part });
  const clock = await createMovedClock({ dataFolder, realTime, serving });
  const snapshots = createSnapshots({
    dataFolder,
    realTime,
    parts: { clock: clock.part, ...kept.parts },
    serving,
  });
  return {
    services: {
      ...services,
      emit: feed.emit,
      demographics: faultyDemographics(demographics, faults, moves),
      aheadMs: () => clock.aheadMs(),
      faults,
      beforeServing: (store) => snapshots.recover(store),
    },
    keep: () => kept.keep(),
    controlOf(now) {
      served = now;
      return createControl({
        serving: now,
        feed,
        faults: {
          list: () => faults.control.list(),
          add: kept.keeping((fault) => faults.control.add(fault)),
          next: kept.keeping((fault) => faults.control.next(fault)),
          clear: kept.keeping((input) => faults.control.clear(input)),
        },
        clock: clock.control,
        demographics: {
          read: () => moves.control.read(),
          move: kept.keeping((move) => moves.control.move(move)),
        },
        snapshots: snapshots.control,
        reset: kept.keeping(createReset(now, { faults: faults.control, moves, clock })),
      });
    },
  };
}
