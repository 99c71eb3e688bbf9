import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ownPath } from "../../../src/access/pages/own-path.ts";

const own = [
  "/",
  "/tasks/7",
  "/tasks/7?from=%2Freports%3Fshow%3Dattention&documents=50",
  "/?show=all&page=2",
  "/audit/found/a-b_c",
];
for (const path of own) test(`${path} is a page of this site`, () => assert.equal(ownPath(path), path));

const hostile = [
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\\/evil.example",
  "https://evil.example",
  "https:evil.example",
  "HTTPS:/evil.example",
  "http:/\\evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil.example",
  "",
  " /",
  "/\n/evil.example",
  "/\t/evil.example",
  "\n//evil.example",
  "/\r\nset-cookie: a=b",
  "/./\\evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/tasks/..//evil.example",
  "/%2e//evil.example",
  "/x/%2e%2e//evil.example",
  "/@evil.example:80\\",
  "/tasks#//evil.example",
  "/‮evil",
  "/tasks/\u0000",
  "/sign-in",
  "/sign-in?to=/",
  "/sign-in/second-factor",
  "/x/../sign-in",
  "/sign-out",
  `/${"a".repeat(1001)}`,
  undefined,
  7,
  ["/tasks/7"],
  { toString: () => "/tasks/7" },
];
for (const given of hostile) {
  test(`${JSON.stringify(given)} is none`, () => assert.equal(ownPath(given), undefined));
}

test("whatever is given, what comes of it leads nowhere but to this site", () => {
  const pieces = [
    "/",
    "\\",
    "//",
    ".",
    "..",
    "%2f",
    "%5c",
    "%2e",
    "evil.example",
    "@",
    ":",
    "?",
    "#",
    "\n",
    "\t",
    "a",
    "https:",
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((rest) => `/${rest}`),
        fc.string(),
      ),
      (given) => {
        const path = ownPath(given);
        if (path === undefined) return;
        const { origin, username } = new URL(path, "https://practice.example:8431/sign-in");
        assert.deepEqual([origin, username], ["https://practice.example:8431", ""]);
      },
    ),
    { numRuns: 5000 },
  );
});
