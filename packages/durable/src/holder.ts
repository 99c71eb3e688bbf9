import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a folder: written beside its lock, for people and for whoever meets it from another machine. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the machine since it last started; empty where the platform tells none. */
  readonly boot: string;
  /** When the process started, in the kernel's count since boot; empty where the platform tells none. */
  readonly started: string;
  /** Random, one a process. */
  readonly instance: string;
}

const self: Holder = {
  pid: process.pid,
  host: hostname(),
  boot: bootId(),
  started: startOf(process.pid) ?? "",
  instance: randomUUID(),
};

export function currentHolder(): Holder {
  return self;
}

export function writeHolder(file: string, holder: Holder): void {
  writeFileSync(file, holderText(holder), { mode: 0o600 });
}

export function holderText({ pid, host, boot, started, instance }: Holder): string {
  return `${pid}\nhost ${host}\nboot ${boot}\nstarted ${started}\ninstance ${instance}\n`;
}

/** Undefined if there is no such file, or none that says a process. */
export function readHolder(file: string): Holder | undefined {
  try {
    return parseHolder(readFileSync(file, "utf8"))?.holder;
  } catch {
    return undefined;
  }
}

/** A line of each: the number of the process, then `host NAME` and so on. Undefined if it says no process. */
export function parseHolder(
  text: string,
): { readonly holder: Holder; readonly word: (name: string) => string } | undefined {
  const [first = "", ...rest] = text.split("\n");
  if (!/^\d{1,10}$/.test(first)) return undefined;
  const words = new Map(rest.map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
  const word = (name: string): string => words.get(name) ?? "";
  const holder = {
    pid: Number(first),
    host: word("host"),
    boot: word("boot"),
    started: word("started"),
    instance: word("instance"),
  };
  return { holder, word };
}

/**
 * Whether this very process is alive on this machine. False where that cannot be told (another machine, another
 * container, a platform that does not say when a process started): the lock decides there.
 */
export function isAlive(holder: Holder): boolean {
  if (holder.started === "" || holder.host !== self.host || holder.boot !== self.boot) return false;
  return startOf(holder.pid) === holder.started;
}

/** Whether it is on this machine and was stopped, by SIGSTOP or a debugger. False where that cannot be told. */
export function isStopped(holder: Holder): boolean {
  return isAlive(holder) && /^[Tt]$/.test(statOf(holder.pid)?.[0] ?? "");
}

/** For people, to be read after "in use by". A number alone is of a process that can be found on this machine. */
export function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  const place = placeOf(holder);
  return place === undefined ? `process ${holder.pid}` : `process ${holder.pid} ${place}`;
}

/** Where to look for a process whose number means nothing here. */
function placeOf({ host, boot, started, pid }: Holder): string | undefined {
  const isOfThisBoot = boot === "" || self.boot === "" || boot === self.boot;
  if (host !== "" && host !== self.host) {
    return boot !== "" && boot === self.boot ? `in another container of this machine, ${host}` : `on ${host}`;
  }
  if (!isOfThisBoot) return `on another machine that is called ${host} too, or on this one before it was last started`;
  if (started !== "" && startOf(pid) !== started) return "that cannot be seen from here (in another container?)";
  return undefined;
}

/** Of the machine since it last started; empty where the platform tells none. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/**
 * Field 22 of /proc/PID/stat. Undefined for a process that has ended (field 3 is Z or X) and whose parent has not asked how: in
 * a container nobody may ever ask.
 */
function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}

/** The fields of /proc/PID/stat from the third: the process's name, field 2, is in brackets and may hold anything. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
