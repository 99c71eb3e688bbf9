import { join } from "node:path";
import { isFolderHeld } from "./hold-folder.ts";
import { describeHolder, type Holder, isStopped, readHolder } from "./holder.ts";
import { diskTime, readLease } from "./lease-file.ts";
import { leaseTimes } from "./claim-lease.ts";
import { areOfOneMachine, currentTenant } from "./machine.ts";

export interface FoundHolder {
  /** For people, to be read after "in use by". */
  readonly words: string;
  /** Random, one a process; undefined if it has not said who it is, as on a full disk. */
  readonly instance?: string;
  /** It was stopped, by SIGSTOP or a debugger, and does nothing: only ever true of a process of this machine. */
  readonly isStopped: boolean;
}

/**
 * Who holds a folder; undefined if nobody does. A process of another machine does as
 * long as it renews its lease, by the clock of the disk.
 *
 * @throws what the operating system says, where that cannot be told
 */
export async function findHolder(folder: string, name: string): Promise<FoundHolder | undefined> {
  const lease = await readLease(join(folder, `${name}.lease`));
  const own = currentTenant();
  const tenant = lease?.tenant;
  if (lease !== undefined && tenant !== undefined && !areOfOneMachine(tenant, own)) {
    const age = (await diskTime(join(folder, `${name}.clock.${own.instance}.look`))) - lease.writtenAt;
    return age < leaseTimes.freeMs ? found(tenant) : undefined;
  }
  return isFolderHeld(folder, name) ? found(readHolder(join(folder, `${name}.pid`))) : undefined;
}

function found(holder: Holder | undefined): FoundHolder {
  const words = describeHolder(holder);
  if (holder === undefined) return { words, isStopped: false };
  return { words, instance: holder.instance, isStopped: isStopped(holder) };
}
