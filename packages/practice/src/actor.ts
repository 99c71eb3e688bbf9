import type { Actor } from "./worklist.ts";

/** Who does what is done on this computer: until there is sign-in nobody knows better. */
export const thisComputer: Actor = { id: "this-computer", name: "this computer" };
