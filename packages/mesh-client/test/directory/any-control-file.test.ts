import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import * as fc from "fast-check";
import { readControlFile, writeControlFile } from "@restante/mesh";
import { startTestServer, testMailboxes } from "@restante/testbed";
import { outControl, startDirectory } from "./mailbox-folder.ts";

const { sender } = testMailboxes;
const right = writeControlFile(outControl(sender, { localId: "L1", subject: "Łódź", allowChunking: true }));

/** A control file with bytes of it lost, changed and put in. */
const damaged = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 20 })).map(([at, lost, put]) => {
  const bytes = Buffer.from(right);
  const from = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + lost)]);
});
/** Whatever may stand in an element, and in whichever it is. */
const filled = fc
  .tuple(
    fc.constantFrom("Subject", "LocalId", "To_DTS", "WorkflowId", "Version", "FileName"),
    fc.string({ unit: "binary" }),
  )
  .map(([element, text]) =>
    Buffer.from(right.replace("</DTSControl>", `<${element}>${text}</${element}></DTSControl>`)),
  );
/** Right, and in an encoding that may be another than it says. */
const encoded = fc
  .tuple(fc.constantFrom("utf8", "utf16le", "latin1"), fc.constantFrom("", "\uFEFF"))
  .map(([encoding, mark]) => Buffer.from(mark + right, encoding as BufferEncoding));
const anyControl = fc.oneof(
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 5, arbitrary: damaged },
  { weight: 3, arbitrary: filled },
  { weight: 1, arbitrary: encoded },
);

test("a control file of any bytes is sent or in FAILED with what it said, stops nothing, and holds up nothing", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyControl, { minLength: 25, maxLength: 25 }), async (controls) => {
      round += 1;
      const bases = controls.map((_, index) => `${round}-${String(index).padStart(2, "0")}`);
      for (const [index, control] of controls.entries()) {
        await writeFile(folder.path("out", `${bases[index]}.dat`), "the data");
        await writeFile(folder.path("out", `${bases[index]}.ctl`), control);
      }
      await folder.drop(`${round}-last`);
      const { sent, failed, waiting, held, error } = await folder.directory.pollOnce();
      assert.deepEqual(
        { all: sent + failed, waiting, held, error },
        { all: controls.length + 1, waiting: 0, held: [], error: undefined },
      );
      assert.deepEqual(await folder.names("out"), []);
      const sentNames = new Set(await folder.names("sent"));
      assert.ok(sentNames.has(`${round}-last.ctl`), "what is behind them goes");
      for (const [index, control] of controls.entries()) {
        const base = bases[index] ?? "";
        const isSent = sentNames.has(`${base}.dat`);
        assert.equal((await folder.read(isSent ? "sent" : "failed", `${base}.dat`)).toString(), "the data");
        const inFailed = isSent ? undefined : await folder.read("failed", `${base}.ctl`);
        if (inFailed === undefined || inFailed.equals(control)) continue;
        // What MESH refuses has its answer put in; everything else stands as it stood.
        const { status, ...others } = readControlFile(inFailed);
        assert.equal(status?.success, false);
        assert.deepEqual(others, readControlFile(control));
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});
