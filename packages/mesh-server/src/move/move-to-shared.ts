// A move to where nodes share, by the settings that they start with.

import { hostname } from "node:os";

import { openBodiesOf } from "../keeping/shared-bodies.ts";
import { type SharedPlaces, storeUrl } from "../keeping/shared.ts";
import { lookAtMove, type MoveOptions, type MovePlan, moveStore, type NewStore, readMovedIn } from "./move-store.ts";

export interface SharedMove extends Pick<MoveOptions, "folder" | "tell" | "signal" | "withoutBodies"> {
  readonly to: SharedPlaces;
}

/** @throws {MeshServerError} as moveStore; and what keeps the place of bodies from being used */
export async function moveToShared({ to, ...options }: SharedMove): Promise<"moved" | "was-moved"> {
  if (readMovedIn(options.folder) !== undefined) options.tell({ step: "closed" });
  await using bodies = await openBodiesOf(to);
  return await moveStore({ ...options, to: newStoreOf(to), bodies });
}

/** Whether it can be moved, or was, and what there is of it. Nothing is written but what is at once deleted again. @throws as moveToShared */
export async function lookAtSharedMove({ to, ...options }: Omit<SharedMove, "tell">): Promise<MovePlan | "was-moved"> {
  await using bodies = await openBodiesOf(to);
  return await lookAtMove({ ...options, to: newStoreOf(to), bodies });
}

function newStoreOf(settings: SharedPlaces): NewStore {
  const { store, bodies = "", node = hostname() } = settings;
  return { url: storeUrl(settings), node, name: `${store} and ${bodies}` };
}
