// Adds to package-lock.json the platform packages that the registry in use does not carry: `node scripts/complete-lock.ts`.
//
// A tool with native code names one optional package for each platform. Where a registry mirror carries only some of
// them, npm leaves the others out of the lock file, and `npm ci` then refuses that lock file as incomplete. Their
// versions are exact in the tool's own entry, so the missing entries can be written from it (without an integrity hash,
// which only the registry knows). Run after a change of dependencies; it changes nothing where nothing is missing.
import { readFileSync, writeFileSync } from "node:fs";

interface LockEntry {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
}

const FILE = "package-lock.json";
const SYSTEMS = new Set(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);
const lock = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, LockEntry> };

let added = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] !== undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const words = name.split("/").at(-1)!.split("-");
    const system = words.findIndex((word) => SYSTEMS.has(word));
    if (system === -1) throw new Error(`${place} names ${name}: no platform in that name`);
    lock.packages[key] = {
      version,
      cpu: [words[system + 1]!],
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
      os: [words[system]!],
    };
    added += 1;
  }
}
const [root, ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root!, ...others.toSorted(([a], [b]) => a.localeCompare(b, "en"))]);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added.`);
