import { readFileSync } from "node:fs";
import { currentHolder, type Holder } from "./holder.ts";

/** A process, and the machine it runs on, as another machine needs to know them. */
export interface Tenant extends Holder {
  /** Of the installation of the operating system, the same after each start of it; empty where there is none. */
  readonly machine: string;
}

/** Of a container that was given none it is empty, or what its image has: whoever shares that also shares its name. */
function machineId(): string {
  try {
    const text = readFileSync("/etc/machine-id", "utf8").trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : "";
  } catch {
    return "";
  }
}

let self: Tenant | undefined;

export function currentTenant(): Tenant {
  return (self ??= { ...currentHolder(), machine: machineId() });
}

/**
 * Whether two processes are on one machine, where the lock of its operating system decides between them:
 *
 * - in one run of one kernel, whatever the names of the containers;
 * - or on one that was started again since: it is called the same, and is the same installation. A name alone is not enough:
 *   containers on two machines may be called the same;
 * - or where the platform tells neither (Windows, macOS), called the same.
 */
export function areOfOneMachine(one: Tenant, other: Tenant): boolean {
  if (one.boot !== "" && one.boot === other.boot) return true;
  if (one.host !== other.host) return false;
  if (one.machine !== "" || other.machine !== "") return one.machine === other.machine;
  return one.boot === "" && other.boot === "";
}
