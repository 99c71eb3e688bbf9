import { rmSync } from "node:fs";
import { join } from "node:path";
import { DurableError } from "./errors.ts";
import { holdFolder, type HoldOptions } from "./hold-folder.ts";
import { isLeasedElsewhere, type Lease, type LeaseOptions, takeLease } from "./lease.ts";

export interface HoldSharedOptions extends Omit<LeaseOptions, "remedy" | "onLost"> {
  /** What helps whoever finds it held by a process of this machine, after "is in use by process 4711: ". */
  readonly remedy?: string;
  /** What helps whoever finds it held from another machine. */
  readonly remedyElsewhere?: string;
  /** Called once if another holds the folder now, or it was removed or replaced: stop using it. */
  readonly onLost?: (error: DurableError) => void;
}

/**
 * Holds a folder for this process alone, also where other machines reach it: by the lock of the operating system, as
 * `holdFolder`, and by a lease beside it (lease.ts). Takes half a minute where it is taken from a machine that is gone.
 *
 * @throws {DurableError} `held`, naming the process and its machine; else what keeps it from being held
 */
export async function holdSharedFolder(folder: string, name: string, options: HoldSharedOptions = {}): Promise<Lease> {
  const { remedy, remedyElsewhere, ...ofLease } = options;
  let lost: DurableError | undefined;
  const onLost = (error: DurableError): void => {
    if (lost !== undefined) return;
    lost = error;
    options.onLost?.(error);
  };
  using holding = new DisposableStack();
  const ofSystem: HoldOptions = { onLost, ...(remedy !== undefined && { remedy }) };
  holding.use(await holdByTheSystem(folder, name, ofSystem, options.takeOver === true));
  const lease = holding.use(await takeLease(folder, name, { ...ofLease, remedy: remedyElsewhere, onLost }));
  const held = holding.move();
  return {
    isFromElsewhere: lease.isFromElsewhere,
    check: async () => {
      if (lost !== undefined) throw lost;
      return lease.check();
    },
    checkNow: () => {
      if (lost !== undefined) throw lost;
      lease.checkNow();
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

/**
 * A disk may keep the lock of a machine that is gone, some for as long as that does not come back (NFS before version 4). Where a
 * person says so, a lock file of another machine is left behind for a new one: whoever had the old one finds it gone.
 */
async function holdByTheSystem(
  folder: string,
  name: string,
  options: HoldOptions,
  takeOver: boolean,
): Promise<Disposable> {
  try {
    return holdFolder(folder, name, options);
  } catch (error) {
    const isHeld = error instanceof DurableError && error.code === "held";
    if (!isHeld || !takeOver || !(await isLeasedElsewhere(folder, name))) throw error;
    rmSync(join(folder, `${name}.lock`), { force: true });
    return holdFolder(folder, name, options);
  }
}
