import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as playwright } from "playwright-core";

/**
 * A real Chromium from an npm package, so that the test needs nothing else on the machine. Undefined, with the test
 * skipped and the reason printed, where that Chromium cannot run.
 */
export async function openBrowser(t: TestContext): Promise<Browser | undefined> {
  if (platform() !== "linux" || arch() !== "x64") {
    t.skip(`the Chromium of @sparticuz/chromium runs on Linux x64, and this is ${platform()} ${arch()}`);
    return undefined;
  }
  // It unpacks itself into TMPDIR, and would take another version that it finds there for its own.
  const folder = await mkdtemp(join(tmpdir(), "restante-browser-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  process.env["TMPDIR"] = folder;
  const { default: chromium, inflate, setupLambdaEnvironment } = await import("@sparticuz/chromium");
  const executablePath = await chromium.executablePath();
  // Its own fonts, so that the pages look alike on every machine, one without any fonts too.
  const fonts = `<?xml version="1.0"?><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/cache</cachedir></fontconfig>`;
  await writeFile(join(folder, "fonts.conf"), fonts);
  process.env["FONTCONFIG_PATH"] = folder;

  const launch = async (): Promise<Browser> => {
    const browser = await playwright.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    t.after(() => browser.close());
    return browser;
  };
  try {
    return await launch();
  } catch (error) {
    if (!isMissingLibrary(error)) throw error;
  }
  // A machine without the libraries of a desktop: the package carries those of another Linux.
  const packed = new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"));
  setupLambdaEnvironment(join(await inflate(fileURLToPath(packed)), "lib"));
  try {
    return await launch();
  } catch (error) {
    if (!isMissingLibrary(error)) throw error;
    t.skip(`Chromium lacks shared libraries on this machine: ${String(error).split("\n")[0]}`);
    return undefined;
  }
}

function isMissingLibrary(error: unknown): boolean {
  return /error while loading shared libraries|cannot open shared object file/.test(String(error));
}
