// A server whose clock, wiping and snapshots are used directly: serve, over real HTTPS, with what a server for development
// is composed of here.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { type Demographics, embeddedDemographics } from "@restante/demographics";
import type { Emit } from "@restante/mesh";
import type { EmbeddedServerConfig, MachineTime, MeshServerConfig } from "@restante/mesh-server";
import {
  type ReachableServer,
  recordEvents,
  type RecordedEvents,
  startTestServer,
  testDirectory,
} from "@restante/testbed";

import { createMovedClock, type MovedClock } from "../../src/control/moved-clock.ts";
import { createSnapshots, type Snapshots } from "../../src/control/snapshots.ts";
import type { SnapshotPart } from "../../src/control/snapshot-part.ts";
import { type RewindableServing, serveRewindable } from "../../src/serve.ts";

export interface Rewound {
  serving: RewindableServing;
  moved: MovedClock;
  snapshots: Snapshots;
  /** Stands for the faults that are set; kept over a restart, so that a kill may leave the wrong ones. */
  faults: readonly string[];
  setFaults(names: readonly string[]): void;
}

interface RewoundOptions {
  demographics?: Demographics;
  machineTime?: MachineTime;
  emit?: Emit;
  /** With demographics, on a move. */
  patienceMs?: number;
  /** Whether faults cannot be put back: a restore is cut off there. */
  isBroken?: () => boolean;
}

/** In a folder, at a door. */
export async function serveRewound(
  config: EmbeddedServerConfig,
  { isBroken = () => false, patienceMs, ...services }: RewoundOptions = {},
): Promise<Rewound> {
  const { host, port, tls, ...settings } = config;
  let serving: RewindableServing | undefined;
  const current = (): RewindableServing => serving!;
  const faultsFile = join(config.dataFolder, "faults-of-the-test.json");
  const faults = existsSync(faultsFile) ? (JSON.parse(readFileSync(faultsFile, "utf8")) as string[]) : [];
  const setFaults = (names: readonly string[]): void => {
    faults.splice(0, faults.length, ...names);
    writeFileSync(`${faultsFile}.new`, JSON.stringify(faults));
    renameSync(`${faultsFile}.new`, faultsFile);
  };
  const load = (value: unknown): void => {
    if (isBroken()) throw new Error("broken");
    setFaults(value as string[]);
  };
  const faultsPart: SnapshotPart = { save: () => [...faults], check: () => undefined, load };
  const moved = await createMovedClock({
    dataFolder: config.dataFolder,
    serving: current,
    ...(patienceMs !== undefined && { patienceMs }),
  });
  const parts = { clock: moved.part, faults: faultsPart };
  const snapshots = createSnapshots({ dataFolder: config.dataFolder, parts, serving: current });
  serving = await serveRewindable(settings, [{ host, port, tls }], {
    demographics: embeddedDemographics(testDirectory()),
    ...services,
    aheadMs: () => moved.aheadMs(),
    beforeServing: (store) => snapshots.recover(store),
  });
  return { serving, moved, snapshots, faults, setFaults };
}

export interface RewoundServer extends ReachableServer, Rewound {
  readonly events: RecordedEvents;
  restart(): Promise<void>;
}

export async function startRewoundServer(
  t: TestContext,
  { config: changed, ...services }: RewoundOptions & { config?: Partial<MeshServerConfig> } = {},
): Promise<RewoundServer> {
  // For its folder, certificates and mailboxes.
  const first = await startTestServer(t, { config: changed ?? {} });
  await first.close();
  const events = recordEvents();
  const config = { ...first.config };
  let rewound = await serveRewound(config, { ...services, emit: events.emit });
  t.after(() => rewound.serving.close());
  return {
    get url() {
      return rewound.serving.urls[0]!;
    },
    get serving() {
      return rewound.serving;
    },
    get moved() {
      return rewound.moved;
    },
    clock: undefined,
    get snapshots() {
      return rewound.snapshots;
    },
    get faults() {
      return rewound.faults;
    },
    setFaults: (names) => rewound.setFaults(names),
    config,
    authority: first.authority,
    events,
    async restart() {
      await rewound.serving.close();
      rewound = await serveRewound(config, { ...services, emit: events.emit });
    },
  };
}
