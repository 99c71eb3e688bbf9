// Loaded first by each process of the tests, as bound-file.mjs?most=MILLISECONDS. node bounds a test and no file: one whose
// tests have ended, and that something keeps open, would be waited for for ever.
import { isMainThread } from "node:worker_threads";

const most = Number(new URL(import.meta.url).searchParams.get("most"));
const [, file = ""] = process.argv;
if (process.env.NODE_TEST_CONTEXT !== undefined && isMainThread && /\.test\.\w+$/.test(file)) {
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(", ");
    console.error(`It has not ended after ${most / 60_000} minutes. What keeps it open: ${open}.`);
    process.exit(1);
  }, most).unref();
}
