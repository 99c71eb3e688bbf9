// What control is made of, in the order in which it is needed: what the server is given when it starts to serve, and then the
// control of that server.

import { type Control, ControlError } from "@restante/control";
import { systemClock } from "@restante/mesh";

import { createControl, type OwnedControl } from "../control/create-control.ts";
import { createEventFeed } from "../control/event-feed.ts";
import { faultyDemographics } from "../faults/demographics.ts";
import { createFaults } from "../faults/faults.ts";
import { createMoves } from "../faults/moves.ts";
import { createRegistry } from "../registry.ts";
import type { ServerSettings, ServeServices, Serving, MeshServerServices } from "../serve.ts";

export interface BegunControl {
  readonly services: Partial<ServeServices>;
  control(serving: Serving): OwnedControl;
}

export async function beginControl(
  settings: ServerSettings,
  { demographics, clock: realTime = systemClock, emit = () => undefined }: MeshServerServices,
): Promise<BegunControl> {
  const feed = createEventFeed(emit, realTime);
  const registry = createRegistry(settings);
  const faults = createFaults({
    emit: feed.emit,
    canExpireCertificate: false,
    isMailbox: (mailboxId) => registry.find(mailboxId) !== undefined,
  });
  const moves = createMoves({ demographics, isPractice: (odsCode) => registry.hasOrganisation(odsCode) });
  const notYet = async (): Promise<never> => {
    throw new ControlError("not-possible", "not yet");
  };
  const reset: Control["reset"] = notYet;
  return {
    services: { emit: feed.emit, faults, demographics: faultyDemographics(demographics, faults, moves) },
    control: (serving) =>
      createControl({
        serving,
        feed,
        faults: faults.control,
        clock: { read: notYet, advance: notYet },
        demographics: moves.control,
        snapshots: { list: notYet, save: notYet, restore: notYet, remove: notYet },
        reset,
      }),
  };
}
