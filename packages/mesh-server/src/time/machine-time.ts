import { uptime } from "node:os";

import { bootId } from "@restante/durable";

/** The machine's own time, which no test moves with the `Clock`: to find out whether the clock can be believed. */
export interface MachineTime {
  /** Milliseconds since 1970, as the machine's clock says. */
  wall(): number;
  /** Milliseconds since the machine started. It goes on in sleep, and nobody can put it. */
  uptime(): number;
  /** Which start of the machine this is; empty where the platform does not tell. */
  boot(): string;
}

export const systemTime: MachineTime = {
  wall: () => Date.now(),
  uptime: () => Math.round(uptime() * 1000),
  boot: bootId,
};
