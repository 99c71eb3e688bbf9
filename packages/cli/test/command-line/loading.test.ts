import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Tells on the error stream of every module that is loaded, before it is. */
const telling = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  import { writeSync } from "node:fs";
  registerHooks({ load(url, context, next) { writeSync(2, "loads " + url + "\\n"); return next(url, context); } });
`)}`;

/** The modules that typing these words loads. */
async function loadedBy(...words: string[]): Promise<string[]> {
  const options = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "--import", telling];
  // What is refused has another exit status than 0, and is no failure here.
  const { stderr } = await promisify(execFile)(process.execPath, [...options, main, ...words]).catch(
    (error: { stderr: string }) => error,
  );
  return Array.from(stderr.matchAll(/^loads (.*)$/gm), ([, url]) => url!);
}

/** What every start needs: the words, and the two packages of errors and names. */
const light = /^node:|\/packages\/(mesh|durable)\/|\/node_modules\/(@stricli\/core|saxes|xmlchars)\//;
const ours =
  /\/packages\/cli\/src\/(main|run|errors|defaults|version|command-line\/[\w-]+|terminal\/[\w-]+|commands\/(index|options\/[\w-]+|words\/[\w-]+))\.ts$/;

for (const words of [["--help"], ["up", "--help"], ["--version"], ["sned"], ["up", "--dta"]]) {
  test(`'restante ${words.join(" ")}' loads nothing of what a command stands on`, async () => {
    const loaded = await loadedBy(...words);
    assert.ok(loaded.length > 20, loaded.join("\n"));
    assert.deepEqual(
      loaded.filter((url) => !light.test(url) && !ours.test(url)),
      [],
    );
  });
}

test("a command loads what it stands on, and not what another does", async () => {
  const loaded = await loadedBy("nhs-number");
  assert.ok(loaded.some((url) => url.endsWith("/commands/nhs-number.ts")));
  assert.deepEqual(
    loaded.filter((url) => /\/commands\/(up|send|check)\.ts$|mesh-server|practice/.test(url)),
    [],
  );
});

test("a server for development is there at once: it loads no organisation's system, no pages, nothing that makes certificates, and nothing that speaks to a shared store", async () => {
  // Refused once all that it stands on is loaded.
  const loaded = await loadedBy("server", "--dev", "--mailboxes", "gone.jsonl");
  assert.ok(loaded.some((url) => url.includes("/packages/mesh-server/")));
  assert.deepEqual(
    loaded.filter((url) =>
      /\/packages\/(?:practice|worklist|web|itk3|mesh-client|authority)\/|\/(?:@peculiar|pdfkit|nunjucks|@aws-sdk|@smithy|pg)\//.test(
        url,
      ),
    ),
    [],
  );
});
