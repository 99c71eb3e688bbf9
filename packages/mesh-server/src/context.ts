import type { Clock, Emit } from "@restante/mesh";

import type { ReplayGuard } from "./auth/replay.ts";
import type { Bodies } from "./bodies/bodies.ts";
import type { Faults } from "./faults/faults.ts";
import type { Keeping } from "./keeping/keeping.ts";
import type { MailboxRoom } from "./mailbox-room.ts";
import type { NonDeliveryReports, Periods } from "./message.ts";
import type { Registry } from "./registry.ts";
import type { RequestRate } from "./request-rate.ts";
import type { Store } from "./store/store.ts";
import type { Timekeeping } from "./time/timekeeping.ts";
import type { Troubles } from "./troubles.ts";

/** What is built once at start and given to every part. */
export interface Context {
  registry: Registry;
  keeping: Keeping;
  store: Store;
  bodies: Bodies;
  guard: ReplayGuard;
  room: MailboxRoom;
  requestRate: RequestRate;
  /** Of expiry, deletion, retries and routing. In development mode it may be moved. */
  clock: Clock;
  /** Of tokens, certificates, replay and limits: nobody moves it. */
  realTime: Clock;
  emit: Emit;
  periods: Periods;
  nonDeliveryReports: NonDeliveryReports;
  troubles: Troubles;
  time: Timekeeping;
  sharedKey: string;
  maxRequestBytes: number;
  /** In development mode alone. */
  faults?: Faults;
  /** It is about to close: it serves, and whoever can is to go elsewhere. */
  isLeaving(): boolean;
  /** A message waits to be routed. */
  wakeRouting(): void;
}
