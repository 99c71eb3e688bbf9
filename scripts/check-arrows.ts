// Refuses what crosses the walls between packages, in `npm run check`:
//
// - an arrow that arrows.ts does not have, in the imports of `src`, in a manifest or in the references of a tsconfig.json;
// - an import of another package's files rather than of what its `exports` name;
// - a dependency that is used and not declared, or declared and not used: it would be found here, where everything is
//   installed, and be missing, or be installed for nothing, where the package is installed alone.
//
// Tests may import anything: they are a TypeScript project of their own.
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve, sep } from "node:path";
import { arrows } from "./arrows.ts";

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Package {
  /** Of its folder: arrows.ts goes by it. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

const words = (names: readonly string[]): string => (names.length === 0 ? "nothing of ours" : names.join(", "));
const told: string[] = tellTable();
const packages = readPackages();
for (const one of packages.values()) told.push(...tellPackage(one));
if (told.length > 0) {
  console.error(told.join("\n"));
  process.exit(1);
}

/** A row that names one below it could close a circle. */
function tellTable(): string[] {
  const rows = Object.keys(arrows);
  return rows.flatMap((row, index) =>
    arrows[row]!.filter((used) => !rows.slice(0, index).includes(used)).map(
      (used) => `scripts/arrows.ts: ${row} uses ${used}, which does not stand above it`,
    ),
  );
}

function readPackages(): ReadonlyMap<string, Package> {
  const folders = readdirSync("packages").filter((name) => existsSync(join("packages", name, "package.json")));
  return new Map(
    folders.map((name) => {
      const folder = join("packages", name);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
      return [name, { name, folder, manifest }];
    }),
  );
}

function tellPackage(one: Package): string[] {
  const allowed = arrows[one.name];
  if (allowed === undefined) return [`${one.folder}: scripts/arrows.ts has no row for ${one.name}`];
  if (ourName(one.manifest.name) !== one.name) return [`${one.folder}: its package.json calls it ${one.manifest.name}`];
  const files = globSync(`${one.folder}/src/**/*.{ts,mts,cts,js,mjs,cjs}`).toSorted();
  const sources = files.map((file) => ({ file, text: withoutComments(readFileSync(file, "utf8")) }));
  return [
    ...sources.flatMap(({ file, text }) =>
      specifiersIn(text).flatMap((specifier) => tellImport(one, allowed, file, specifier) ?? []),
    ),
    ...targetsOf(one.manifest.imports).flatMap(
      (target) => tellImport(one, allowed, join(one.folder, "package.json"), target) ?? [],
    ),
    ...tellManifest(
      one,
      allowed,
      sources.map(({ text }) => text),
    ),
    ...tellReferences(one, allowed),
  ];
}

function tellImport(one: Package, allowed: readonly string[], file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) {
    const inside = resolve(one.folder, "src") + sep;
    return resolve(file, "..", specifier).startsWith(inside)
      ? undefined
      : `${file}: imports ${specifier}, which is outside its package's src`;
  }
  // Of its own `imports`, which TypeScript holds against its manifest, and which are looked at there.
  if (specifier.startsWith("#") || isBuiltin(specifier)) return undefined;
  const packageName = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const ours = ourName(packageName);
  if (!mayUse(allowed, ours)) {
    return `${file}: imports ${specifier}: ${one.name} may use ${words(allowed)}`;
  }
  // A peer is for whoever installs it beside: what an entry needs that not everybody takes.
  if (
    one.manifest.dependencies?.[packageName] === undefined &&
    one.manifest.peerDependencies?.[packageName] === undefined
  ) {
    return `${file}: imports ${specifier}, which is not among the dependencies in ${one.folder}/package.json`;
  }
  const entry = `.${specifier.slice(packageName.length)}`;
  const named = ours === undefined ? undefined : packages.get(ours)?.manifest.exports;
  return named === undefined || entry in named
    ? undefined
    : `${file}: imports ${specifier}, which the exports of ${packageName} do not name`;
}

/** Where the `imports` of a manifest lead that is not its own: node lets none of its own files be outside its folder. */
function targetsOf(target: unknown): string[] {
  if (typeof target === "string") return target.startsWith("./") ? [] : [target];
  return typeof target === "object" && target !== null ? Object.values(target).flatMap(targetsOf) : [];
}

function tellManifest(one: Package, allowed: readonly string[], sources: readonly string[]): string[] {
  const { dependencies = {}, devDependencies, peerDependencies = {}, optionalDependencies } = one.manifest;
  const file = join(one.folder, "package.json");
  const named = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies });
  const beyond = named.filter((name) => !mayUse(allowed, ourName(name)));
  const unused = Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (name) => !sources.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`)),
  );
  return [
    ...beyond.map((name) => `${file}: names ${name}: ${one.name} may use ${words(allowed)}`),
    ...unused.map((name) => `${file}: names ${name}, which nothing in its src uses`),
  ];
}

/** The references of its tsconfig.json are its dependencies among ours, or it is not built after them. */
function tellReferences(one: Package, allowed: readonly string[]): string[] {
  const file = join(one.folder, "tsconfig.json");
  const { references = [] } = JSON.parse(readFileSync(file, "utf8")) as { references?: readonly { path: string }[] };
  const referred = references.map(({ path }) => {
    const folder = join(one.folder, path);
    return [...packages.values()].find((other) => other.folder === folder)?.name ?? path;
  });
  const { dependencies, peerDependencies } = one.manifest;
  const depended = Object.keys({ ...dependencies, ...peerDependencies }).flatMap((name) => ourName(name) ?? []);
  return [
    ...referred
      .filter((name) => !allowed.includes(name))
      .map((name) => `${file}: refers to ${name}: ${one.name} may use ${words(allowed)}`),
    ...referred
      .filter((name) => allowed.includes(name) && !depended.includes(name))
      .map((name) => `${file}: refers to ${name}, which is not among the dependencies in its package.json`),
    ...depended
      .filter((name) => !referred.includes(name))
      .map((name) => `${file}: does not refer to ${name}, which is among the dependencies in its package.json`),
  ];
}

/** What is not ours, each package chooses for itself: docs/decisions/002-dependencies.md. */
function mayUse(allowed: readonly string[], ours: string | undefined): boolean {
  return ours === undefined || allowed.includes(ours);
}

/** As arrows.ts calls it; undefined of what is not ours. */
function ourName(packageName: string): string | undefined {
  if (packageName === "restante") return "cli";
  return packageName.startsWith("@restante/") ? packageName.slice("@restante/".length) : undefined;
}

/** An example in a comment imports nothing. Of a comment that begins a line only: what is behind code may be in a text. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*\/\*[^]*?\*\//gm, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

/**
 * As the formatter leaves them: a statement begins its line, and names stand in double quotes. What could be a name of ours, or
 * of a file of code, counts as imported wherever it stands: it may be given to something that imports.
 */
function specifiersIn(text: string): string[] {
  const forms = [
    /^\s*(?:import|export)\s[^;"]*?\bfrom\s*"([^"]+)"/gm,
    /^\s*import\s*"([^"]+)"/gm,
    /\b(?:import|import\.meta\.resolve|require|require\.resolve)\(\s*["'`]([^"'`]+)["'`]/g,
    /["'`](@restante\/[^"'`]*)["'`]/g,
    /["'`](\.{1,2}\/[^"'`]*\.[cm]?[jt]s)["'`]/g,
  ];
  return Array.from(
    new Set(forms.flatMap((form) => Array.from(text.matchAll(form), ([, specifier = ""]) => specifier))),
  );
}
