import assert from "node:assert/strict";
import { test } from "node:test";
import { readElements } from "../src/control-file-elements.ts";

test("elements are found by their path below DTSControl, with their line, and only where they belong", () => {
  const xml = `<DTSControl>
  <To_DTS>
    Y99002OT001
  </To_DTS>
  <StatusRecord><Event>SEND</Event><To_DTS>no</To_DTS></StatusRecord>
  <Event>no</Event><constructor/><toString>no</toString>
</DTSControl>`;
  assert.deepEqual(Array.from(readElements(Buffer.from(xml))), [
    ["To_DTS", { text: "Y99002OT001", line: 2 }],
    ["StatusRecord/Event", { text: "SEND", line: 5 }],
  ]);
});
