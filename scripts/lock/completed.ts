// What npm leaves wrong in a lock file, put right.
//
// A tool with native code names one optional package for each platform. Where a registry mirror carries only some of
// them, npm leaves the others out of the lock file, and `npm ci` then refuses that lock file as incomplete. Their
// versions are exact in the tool's own entry, so the missing entries can be written from it (without an integrity hash,
// which only the registry knows). Each says for which C library it is, or npm would install both builds on Linux.

export interface Lock {
  packages: Record<string, LockEntry>;
}

export interface LockEntry {
  version?: string;
  cpu?: string[];
  dev?: boolean;
  hasInstallScript?: boolean;
  libc?: string[];
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
}

/**
 * Optional packages that nothing here needs. npm takes a lock file without them, and does not add them to it again until
 * the package that asks for them changes.
 */
export const leftOut: readonly string[] = [
  // 66 MB: with it pdfjs-dist draws pages in Node.js. Ours are drawn by a browser; the tests read text and lines.
  "@napi-rs/canvas",
];

const SYSTEMS = new Set(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);

export function completed(lock: Lock): Lock {
  const packages = Object.fromEntries(
    Object.entries(lock.packages)
      .filter(([place]) => !isLeftOut(place))
      .map(([place, entry]) => [place, withoutScript(withLibc(place, entry))]),
  );
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      if (packages[key] !== undefined || isLeftOut(key) || !/^\d+\.\d+\.\d+$/.test(version)) continue;
      packages[key] = platformEntry(place, entry, { name, version });
    }
  }
  const [root, ...others] = Object.entries(packages);
  return {
    ...lock,
    packages: Object.fromEntries([root!, ...others.toSorted(([a], [b]) => a.localeCompare(b, "en"))]),
  };
}

/** What a package would run when it is installed, npm does not run where the lock file does not say that there is such a thing. */
function withoutScript(entry: LockEntry): LockEntry {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "hasInstallScript"));
}

/** They, and their own builds for each platform. */
export function isLeftOut(place: string): boolean {
  return leftOut.some((name) => place === `node_modules/${name}` || place.startsWith(`node_modules/${name}-`));
}

function platformEntry(place: string, asking: LockEntry, wanted: { name: string; version: string }): LockEntry {
  const words = wanted.name.split("/").at(-1)!.split("-");
  const system = words.findIndex((word) => SYSTEMS.has(word));
  if (system === -1) throw new Error(`${place} names ${wanted.name}: no platform in that name`);
  return withLibc(wanted.name, {
    version: wanted.version,
    cpu: [words[system + 1]!],
    ...(asking.dev === true ? { dev: true } : {}),
    optional: true,
    os: [words[system]!],
  });
}

/** An entry that npm wrote from the registry says it already. */
function withLibc(place: string, entry: LockEntry): LockEntry {
  const libc = libcOf(place);
  if (libc === undefined || entry.libc !== undefined || entry.os?.includes("linux") !== true) return entry;
  const { version, cpu, dev, ...others } = entry;
  return {
    ...(version === undefined ? {} : { version }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(dev === undefined ? {} : { dev }),
    libc: [libc],
    ...others,
  };
}

/** By the last word of a build's name: `linux-x64-musl`, `linux-arm-gnueabihf`. */
export function libcOf(place: string): "glibc" | "musl" | undefined {
  const [, word] = /-(gnu|musl)(?:eabi(?:hf)?)?$/.exec(place) ?? [];
  if (word === undefined) return undefined;
  return word === "gnu" ? "glibc" : "musl";
}
