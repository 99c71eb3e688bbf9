import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailboxId, parseOdsCode } from "@restante/mesh";
import { narrate } from "../../src/terminal/narrate.ts";

test("an answer to a message that could not be read is told without an id that is not there", () => {
  const step = narrate({
    event: "response-handed-over",
    odsCode: parseOdsCode("Y99001"),
    requestHeaderId: "",
    level: "infrastructure",
    code: "10009",
    to: parseMailboxId("X26"),
  });
  assert.equal(
    step?.what,
    "infrastructure acknowledgement 10009 for a message that could not be read handed over to X26",
  );
});
