import { join } from "node:path";
import { isFolderHeld } from "./hold-folder.ts";
import { describeHolder, readHolder } from "./holder.ts";
import { diskTime, readLease } from "./lease-file.ts";
import { leaseTimes } from "./claim-lease.ts";
import { areOfOneMachine, currentTenant } from "./machine.ts";

/**
 * Who holds a folder, for people, to be read after "in use by"; undefined if nobody does. A process of another machine does as
 * long as it renews its lease, by the clock of the disk.
 *
 * @throws what the operating system says, where that cannot be told
 */
export async function findHolder(folder: string, name: string): Promise<string | undefined> {
  const lease = await readLease(join(folder, `${name}.lease`));
  const own = currentTenant();
  const tenant = lease?.tenant;
  if (lease !== undefined && tenant !== undefined && !areOfOneMachine(tenant, own)) {
    const age = (await diskTime(join(folder, `${name}.clock.${own.instance}.look`))) - lease.writtenAt;
    return age < leaseTimes.freeMs ? describeHolder(tenant) : undefined;
  }
  return isFolderHeld(folder, name) ? describeHolder(readHolder(join(folder, `${name}.pid`))) : undefined;
}
