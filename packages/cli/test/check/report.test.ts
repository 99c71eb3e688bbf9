import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { openBrowser } from "../../../web/test/browser.ts";
import { conforming, controlFile, departing, folderOf, refused, run } from "./messages.ts";

interface Entry {
  file: string;
  status: string;
  conforms: boolean;
  acceptable: boolean;
  refusedWith?: { code: string; display: string; diagnostics: string };
  findings: { id: string; severity: string; location: string; line?: number; column?: number; responseCode?: string }[];
}

test("JSON says of every file what was found and what becomes of it", async (t) => {
  const folder = await folderOf(t, { "a.xml": conforming().xml, "b.xml": departing(), "c.xml": refused() });
  const { status, out } = await run(["check", folder, "--format", "json"]);
  assert.equal(status, 1);
  const { files, summary } = JSON.parse(out) as { files: Entry[]; summary: Record<string, unknown> };
  assert.deepEqual(
    files.map(({ status, conforms, acceptable, refusedWith }) => [status, conforms, acceptable, refusedWith?.code]),
    [
      ["conforms", true, true, undefined],
      ["departs", false, true, undefined],
      ["departs", false, false, "20009"],
    ],
  );
  const [title] = files[1]!.findings;
  assert.match(title!.id, /^GPCM-SD-CS-/);
  assert.deepEqual([title!.severity, title!.responseCode], ["error", "20009"]);
  const lines = departing().split("\n");
  assert.match(lines[title!.line! - 1]!.slice(title!.column! - 1), /^<title value="/);
  assert.deepEqual([summary["messages"], summary["conforming"], summary["notAcceptable"]], [3, 1, 1]);
});

test("a title that is wrong has its own line and column in every format", async (t) => {
  const xml = departing();
  const line = xml.split("\n").findIndex((one) => one.includes("<title value=")) + 1;
  const column = xml.split("\n")[line - 1]!.indexOf("<title") + 1;
  const folder = await folderOf(t, { "a.xml": xml });
  const inFormat = async (format: string): Promise<string> => (await run(["check", folder, "--format", format])).out;
  for (const format of ["text", "html"]) {
    assert.ok((await inFormat(format)).includes(`${line}:${column}`), format);
  }
  const { runs } = JSON.parse(await inFormat("sarif")) as Sarif;
  const regions = runs[0].results.map(({ locations }) => locations[0].physicalLocation.region);
  assert.ok(regions.some((region) => region?.startLine === line && region.startColumn === column));
});

test("a long number goes on behind its colon in the page, not within a word", async (t) => {
  const folder = await folderOf(t, {
    "a.xml": conforming().xml.replace(
      "<title ",
      '<modifierExtension url="urn:x"><valueBoolean value="true"/></modifierExtension><title ',
    ),
  });
  const { out } = await run(["check", folder, "--format", "html"]);
  assert.match(out, /<b>FHIR:<wbr>modifierExtension</);
});

interface Sarif {
  $schema: string;
  version: string;
  runs: [
    {
      tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
      results: {
        ruleId: string;
        level: string;
        message: { text: string };
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: string };
              region?: { startLine: number; startColumn: number };
            };
            logicalLocations?: [{ fullyQualifiedName: string }];
          },
        ];
      }[];
    },
  ];
}

test("SARIF has a rule for every result, once, and a place in a file of the folder", async (t) => {
  const message = conforming();
  const folder = await folderOf(t, {
    "a b.xml": departing(),
    "c.dat": message.xml,
    "c.ctl": controlFile(message, { subject: "Other words" }),
    "d.xml": refused(),
    "e.xml": message.xml,
  });
  const { status, out } = await run(["check", folder, "--format", "sarif"]);
  assert.equal(status, 1);
  const { $schema, version, runs } = JSON.parse(out) as Sarif;
  assert.match($schema, /sarif-schema-2\.1\.0\.json$/);
  assert.equal(version, "2.1.0");
  const [{ tool, results }] = runs;
  const ids = tool.driver.rules.map(({ id }) => id);
  assert.deepEqual(ids, Array.from(new Set(ids)));
  assert.deepEqual(new Set(results.map(({ ruleId }) => ruleId)), new Set(ids));
  for (const { level, message, locations } of results) {
    assert.ok(["error", "warning", "note"].includes(level));
    assert.notEqual(message.text, "");
    const { artifactLocation, region } = locations[0].physicalLocation;
    assert.ok(artifactLocation.uri.startsWith(pathToFileURL(folder).href), artifactLocation.uri);
    if (region !== undefined) assert.ok(region.startLine >= 1 && region.startColumn >= 1);
  }
  const uris = new Set(
    results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri.split("/").at(-1)),
  );
  assert.deepEqual(uris, new Set(["a%20b.xml", "c.ctl", "d.xml"]));
  assert.ok(results.some(({ ruleId }) => ruleId === "RESTANTE:not-acceptable"));
});

test("what a person must look at is told in every format and counted apart, and the exit status is that of a message that conforms", async (t) => {
  const xml = conforming().xml.replace(/(<Patient>[^]*?<\/meta>)/, '$1<implicitRules value="urn:x"/>');
  const folder = await folderOf(t, { "a.xml": xml, "b.xml": conforming().xml });
  const inFormat = async (format: string): Promise<string> => {
    const { status, out } = await run(["check", folder, "--format", format]);
    assert.equal(status, 0, format);
    return out;
  };
  const text = await inFormat("text");
  assert.match(text, /Conforms:[^]*A person must look: 1\n +FHIR:implicitRules\n/);
  assert.match(text, /Errors in 0 places, warnings in 0 places\. A person must look at 1\splace\./);
  const html = await inFormat("html");
  assert.match(html, /<h3>A person must look: 1<\/h3>/);
  assert.match(html, /<b>1<\/b> places to look at/);
  const { runs } = JSON.parse(await inFormat("sarif")) as Sarif;
  assert.deepEqual(
    runs[0].results.map(({ ruleId, level }) => [ruleId, level]),
    [["FHIR:implicitRules", "note"]],
  );
  const { files, summary } = JSON.parse(await inFormat("json")) as { files: Entry[]; summary: Record<string, unknown> };
  assert.deepEqual(summary["findings"], { error: 0, warning: 0, look: 1 });
  assert.deepEqual(
    files.map(({ status, findings }) => [status, findings.map(({ severity }) => severity)]),
    [
      ["conforms", ["look"]],
      ["conforms", []],
    ],
  );
});

test("every report for people, and JSON, says what the use case was told from, and nothing of it where it was named", async (t) => {
  const folder = await folderOf(t, { "a.xml": conforming(2).xml });
  const words = /told from\s+the message: use case from title, text\)/;
  assert.match((await run(["check", folder])).out, words);
  assert.match((await run(["check", folder, "--format", "html"])).out, words);
  const restsOn = async (...more: string[]): Promise<unknown> => {
    const { out } = await run(["check", folder, "--format", "json", ...more]);
    const { files } = JSON.parse(out) as { files: { heldAgainst: { restsOn: unknown } }[] };
    return files[0]?.heldAgainst.restsOn;
  };
  assert.deepEqual(await restsOn(), ["title", "text"]);
  assert.deepEqual(await restsOn("--use-case", "generic"), []);
  assert.doesNotMatch((await run(["check", folder, "--use-case", "generic"])).out, /use case\s+from/);
});

test("names of files cannot write into the report, nor into the terminal", async (t) => {
  const name = '<img src=x onerror="1">&amp;\u001B[2J.xml';
  const folder = await folderOf(t, { [name]: departing() });
  const html = await run(["check", folder, "--format", "html"]);
  assert.ok(!html.out.includes("<img"));
  assert.ok(html.out.includes("&lt;img src=x onerror=&quot;1&quot;&gt;&amp;amp;\uFFFD[2J.xml"));
  const text = await run(["check", folder]);
  assert.ok(!text.out.includes("\u001B"));
});

test("the HTML report is one file without script, whole and accessible, for one message and for many", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const message = conforming();
  const folder = await folderOf(t, {
    "a.dat": departing(),
    "a.ctl": controlFile(message, { subject: "Other words" }),
    "b.xml": refused(),
    "c.xml": "nothing",
    "d.xml": message.xml,
  });
  const axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  for (const [what, place] of [
    ["one", join(folder, "a.dat")],
    ["many", folder],
  ] as const) {
    const there = await folderOf(t);
    const report = join(there, "report.html");
    await run(["check", place, "--format", "html", "--output", report]);
    assert.doesNotMatch(await readFile(report, "utf8"), /<script|<link|url\(|src=|\son\w+=/);
    const context = await browser.newContext({ bypassCSP: true });
    await using page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(report).href);
    assert.deepEqual(requests, [pathToFileURL(report).href], what);
    assert.match((await page.locator("main").textContent()) ?? "", /Acceptable: a person can be given the document/);
    if (what === "many") {
      await page.getByRole("link", { name: /c\.xml$/ }).click();
      assert.match((await page.locator(":target").textContent()) ?? "", /10009 \(Unreadable message received\)/);
    }
    for (const width of [1200, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const tooWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
      assert.ok(!tooWide, `${what} at ${width} has to be scrolled sideways`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>("axe.run()");
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        [],
      );
    }
  }
});
