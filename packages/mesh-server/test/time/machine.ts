import type { MachineTime } from "../../src/time/machine-time.ts";

const HOUR = 60 * 60 * 1000;

/** A machine whose clock and uptime are moved apart, or together, by hours. */
export interface TestMachine extends MachineTime {
  /** Time goes by. */
  pass(hours: number): void;
  /** Somebody puts the clock. */
  put(hours: number): void;
  /** It is off for a while. */
  restart(hours: number): void;
}

export function testMachine({ tellsBoot = true }: { tellsBoot?: boolean } = {}): TestMachine {
  let wall = Date.now();
  let uptime = 1000 * HOUR;
  let boots = 1;
  return {
    wall: () => wall,
    uptime: () => uptime,
    boot: () => (tellsBoot ? `boot ${boots}` : ""),
    pass(hours) {
      wall += hours * HOUR;
      uptime += hours * HOUR;
    },
    put(hours) {
      wall += hours * HOUR;
    },
    restart(hours) {
      wall += hours * HOUR;
      uptime = 1000;
      boots += 1;
    },
  };
}
