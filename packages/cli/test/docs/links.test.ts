import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { anchors, type Link, links, pages, readPage, top } from "./pages.ts";

const { homepage } = JSON.parse(readFileSync(`${top}package.json`, "utf8")) as { homepage: string };
const repository = homepage.replace(/#.*$/, "");

test("every link of a page leads to a file that is there, and to a heading that is in it", () => {
  const all = pages().flatMap(links);
  assert.ok(all.length > 200);
  assert.deepEqual(all.filter((link) => !leads(link)).map(words), []);
});

test("the README of a package has no relative link: npm shows it where there is nothing to be found by one", () => {
  const ofPackages = pages().filter((page) => /^packages\/[^/]+\/README\.md$/.test(page));
  assert.ok(ofPackages.length > 5);
  const relative = ofPackages.flatMap(links).filter(({ target }) => !/^(?:https:\/\/|#)/.test(target));
  assert.deepEqual(relative.map(words), []);
});

test("the README leads to every guide, and to every page beside them", () => {
  const told = new Set(links("README.md").map(({ target }) => target.replace(/#.*$/, "")));
  const guides = pages().filter((page) => /^docs\/(?:how-to\/)?[^/]+\.md$/.test(page));
  assert.ok(guides.length > 8);
  // Generated: docs/checking.md leads to them.
  const generated = guides.filter((page) => !told.has(page));
  assert.deepEqual(generated, ["docs/invariants.md", "docs/requirements.md", "docs/strictness.md"]);
  for (const page of generated) assert.ok(readPage("docs/checking.md").includes(`(${posix.basename(page)})`));
});

test("every file that CONTRIBUTING names is there", () => {
  const named = Array.from(
    readPage("CONTRIBUTING.md").matchAll(/`((?:packages|docs|bench|scripts)\/[\w./-]+)`/g),
    ([, path]) => path,
  );
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((path = "") => !path.includes("NAME") && !existsSync(`${top}${path}`)),
    [],
  );
});

/** A page of another site is not asked for: tests need no network. */
function leads({ page, target }: Link): boolean {
  const [address = "", anchor] = target.split("#");
  const path = pathOf(page, address);
  if (path === undefined) return true;
  if (!existsSync(`${top}${path}`)) return false;
  return anchor === undefined || anchors(path).includes(anchor);
}

/** From the top of the repository; undefined if the page is of another site. */
function pathOf(page: string, address: string): string | undefined {
  if (address === "") return page;
  if (!/^[a-z]+:/.test(address)) return posix.join(posix.dirname(page), address);
  if (!address.startsWith(`${repository}/`)) return undefined;
  return address.slice(repository.length + 1).replace(/^(?:blob|tree)\/main\//, "");
}

function words({ page, line, target }: Link): string {
  return `${page}:${line} ${target}`;
}
