import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@restante/testbed";
import { arrows } from "../../../scripts/arrows.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A small house with every package of ours that has to do with the walls in question, and nothing wrong in it. */
const house: Readonly<Record<string, string>> = {
  ...room("@restante/mesh", "mesh", []),
  ...room("@restante/durable", "durable", ["mesh"]),
  ...room("@restante/mesh-server", "mesh-server", ["mesh"], { fastify: "5.0.0" }),
  "packages/mesh-server/src/server.ts": 'import fastify from "fastify";\nexport const server = fastify();\n',
  ...room("@restante/practice", "practice", ["mesh", "durable"]),
  ...room("@restante/worklist", "worklist", ["mesh", "practice"]),
  ...room("@restante/testkit", "testkit", ["mesh", "mesh-server"]),
  ...room("restante", "cli", ["mesh", "mesh-server", "worklist"]),
};

function room(
  name: string,
  folder: string,
  uses: readonly string[],
  others: Record<string, string> = {},
): Record<string, string> {
  const dependencies = { ...Object.fromEntries(uses.map((used) => [`@restante/${used}`, "0.1.0"])), ...others };
  return {
    [`packages/${folder}/package.json`]: JSON.stringify({ name, exports: { ".": "./src/index.ts" }, dependencies }),
    [`packages/${folder}/tsconfig.json`]: JSON.stringify({ references: uses.map((used) => ({ path: `../${used}` })) }),
    [`packages/${folder}/src/index.ts`]: uses.map((used) => `export * from "@restante/${used}";\n`).join(""),
  };
}

/** What the check says of the house with these files in it. */
async function told(t: TestContext, planted: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [path, text] of Object.entries({ ...house, ...planted })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const checked = spawnSync(process.execPath, [join(root, "scripts/check-arrows.ts")], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(checked.status, checked.stderr === "" ? 0 : 1, checked.stderr);
  return checked.stderr.trim();
}

test("`npm run check` looks at the walls between packages, and finds nothing wrong in a house that is right", async (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { check: string } };
  assert.match(scripts.check, /&& node scripts\/on-node\.mjs scripts\/check-arrows\.ts &&/);
  assert.equal(await told(t), "");
});

for (const [what, path, text, says] of [
  [
    "a practice that imports the server",
    "practice",
    'import { a } from "@restante/mesh-server";',
    "@restante/mesh-server: practice may use",
  ],
  [
    "a practice that imports its pages",
    "practice",
    'export * from "@restante/worklist";',
    "@restante/worklist: practice may use",
  ],
  [
    "a type of a package below",
    "practice",
    'import type { A } from "@restante/worklist";',
    "@restante/worklist: practice may use",
  ],
  [
    "a type in the middle of a line",
    "practice",
    'export type A = import("@restante/worklist").A;',
    "@restante/worklist: practice may use",
  ],
  ["the command that imports testkit", "cli", 'import "@restante/testkit";', "@restante/testkit: cli may use"],
  ["an import at run time", "cli", 'const a = await import("@restante/testkit");', "@restante/testkit: cli may use"],
  [
    "a package that imports itself by its name",
    "mesh",
    'export * from "@restante/mesh";',
    "@restante/mesh: mesh may use nothing of ours",
  ],
  ["whoever imports the command", "testkit", 'import { a } from "restante";', "restante: testkit may use"],
  [
    "a file of another package",
    "practice",
    'import {\n  a,\n  b,\n} from "@restante/mesh/src/ids.ts";',
    "which the exports of @restante/mesh do not name",
  ],
  [
    "a file of another package by its path",
    "practice",
    'import { a } from "../../mesh/src/ids.ts";',
    "which is outside its package's src",
  ],
  [
    "a dependency of ours that is not declared",
    "testkit",
    'import { a } from "@restante/mesh-client";',
    "which is not among the dependencies in packages/testkit/package.json",
  ],
  [
    "a dependency that is not declared",
    "worklist",
    'import fastify from "fastify";',
    "which is not among the dependencies in packages/worklist/package.json",
  ],
] as const) {
  test(`the check refuses ${what}`, async (t) => {
    const file = join("packages", path, "src/planted.ts");
    const said = await told(t, { [file]: `// A comment first.\n${text}\n` });
    assert.ok(said.startsWith(`${file}: imports `) && said.includes(says), said);
  });
}

test("an example in a comment imports nothing", async (t) => {
  const text = '/**\n * @example\n * import { a } from "@restante/testkit";\n */\n// import "@restante/testkit";\n';
  assert.equal(await told(t, { "packages/practice/src/planted.ts": text }), "");
});

test("the check refuses a dependency that a manifest may not name, of whatever kind, and one that nothing uses", async (t) => {
  const path = "packages/practice/package.json";
  const naming = (kind: string, name: string): Record<string, string> => {
    const manifest = JSON.parse(house[path]!) as Record<string, Record<string, string>>;
    return { [path]: JSON.stringify({ ...manifest, [kind]: { ...manifest[kind], [name]: "0.1.0" } }) };
  };
  for (const kind of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]) {
    const said = await told(t, naming(kind, "@restante/worklist"));
    assert.match(said, /package\.json: names @restante\/worklist: practice may use/);
  }
  for (const name of ["fastify", "@restante/mesh-client"]) {
    const said = await told(t, naming("dependencies", name));
    assert.ok(said.includes(`package.json: names ${name}, which nothing in its src uses`), said);
  }
});

test("a peer is held to as a dependency is: declared where it is imported, imported where it is declared, and referred to", async (t) => {
  const manifest = JSON.parse(house["packages/testkit/package.json"]!) as object;
  const config = JSON.parse(house["packages/testkit/tsconfig.json"]!) as { references: object[] };
  const imported = { "packages/testkit/src/planted.ts": 'export * from "@restante/itk3";\n' };
  const declared = {
    "packages/testkit/package.json": JSON.stringify({ ...manifest, peerDependencies: { "@restante/itk3": "0.1.0" } }),
  };
  const references = [...config.references, { path: "../itk3" }];
  const referred = { "packages/testkit/tsconfig.json": JSON.stringify({ references }) };
  const itk3 = room("@restante/itk3", "itk3", ["mesh"]);
  assert.equal(await told(t, { ...itk3, ...imported, ...declared, ...referred }), "");
  assert.match(await told(t, { ...itk3, ...imported, ...referred }), /which is not among the dependencies/);
  assert.match(
    await told(t, { ...itk3, ...declared, ...referred }),
    /names @restante\/itk3, which nothing in its src uses/,
  );
  assert.match(await told(t, { ...itk3, ...imported, ...declared }), /does not refer to itk3/);
});

test("the check refuses a reference that is no dependency, and a dependency that is no reference", async (t) => {
  const referring = async (...folders: readonly string[]): Promise<string> => {
    const references = folders.map((folder) => ({ path: `../${folder}` }));
    return told(t, { "packages/practice/tsconfig.json": JSON.stringify({ references }) });
  };
  assert.match(await referring("mesh", "durable", "worklist"), /refers to worklist: practice may use/);
  const declared = JSON.stringify({ name: "@restante/mesh-client", exports: {} });
  assert.match(
    await told(t, {
      "packages/mesh-client/package.json": declared,
      "packages/mesh-client/tsconfig.json": "{}",
      "packages/practice/tsconfig.json": JSON.stringify({
        references: ["mesh", "durable", "mesh-client"].map((folder) => ({ path: `../${folder}` })),
      }),
    }),
    /refers to mesh-client, which is not among the dependencies in its package\.json/,
  );
  assert.match(await referring("mesh"), /does not refer to durable, which is among the dependencies/);
});

test("the check refuses a package without a row in the table", async (t) => {
  assert.match(await told(t, room("@restante/annex", "annex", [])), /packages\/annex: scripts\/arrows\.ts has no row/);
  assert.match(
    await told(t, room("@restante/annex", "web", [])),
    /packages\/web: its package\.json calls it @restante\/annex/,
  );
});

test("the check refuses a table in which an arrow points down, as one of every circle does", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, "packages"));
  for (const path of ["scripts/check-arrows.ts", "scripts/arrows.ts"]) cpSync(join(root, path), join(folder, path));
  const table = join(folder, "scripts/arrows.ts");
  writeFileSync(table, readFileSync(table, "utf8").replace("  mesh: [],", '  mesh: ["durable"],'));
  const checked = spawnSync(process.execPath, ["scripts/check-arrows.ts"], { cwd: folder, encoding: "utf8" });
  assert.equal(checked.status, 1);
  assert.equal(checked.stderr, "scripts/arrows.ts: mesh uses durable, which does not stand above it\n");
});

test("every arrow points up the list, and docs/architecture.md draws the same", () => {
  const rows = Object.keys(arrows);
  for (const [index, row] of rows.entries()) {
    for (const used of arrows[row]!) assert.ok(rows.slice(0, index).includes(used), `${row} uses ${used}`);
  }
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const drawn = Array.from(page.matchAll(/^\| `([a-z0-9-]+)` +\|[^|]*\|([^|]*)\|$/gm), ([, name = "", uses = ""]) => [
    name,
    Array.from(uses.matchAll(/`([a-z0-9-]+)`/g), ([, used = ""]) => used).toSorted(),
  ]);
  const standing = readdirSync(join(root, "packages"));
  const isThere = (name: string): boolean => standing.includes(name);
  assert.deepEqual(
    Object.fromEntries(drawn),
    Object.fromEntries(rows.filter(isThere).map((name) => [name, arrows[name]!.filter(isThere).toSorted()])),
  );
});

test("lint refuses a circle between files, also one of types alone", async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, "one.ts"), 'import type { Two } from "./two.ts";\nexport type One = Two | 1;\n');
  const lint = (): string =>
    spawnSync(
      process.execPath,
      [join(root, "node_modules/oxlint/bin/oxlint"), "--config", join(root, ".oxlintrc.json"), folder],
      { cwd: root, encoding: "utf8" },
    ).stdout;
  writeFileSync(join(folder, "two.ts"), "export type Two = 2;\n");
  assert.doesNotMatch(lint(), /no-cycle/);
  writeFileSync(join(folder, "two.ts"), 'import type { One } from "./one.ts";\nexport type Two = One[];\n');
  assert.match(lint(), /import\(no-cycle\)/);
});
