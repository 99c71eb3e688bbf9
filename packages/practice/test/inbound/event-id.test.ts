import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { eventId } from "../../src/inbound/event-id.ts";

test("an id that a machine made is told as it is, and whatever a person may have chosen by its digest", () => {
  const made = [
    "20260101120000000000_ABCDEF",
    "0f8b2c4d6e8a4c1f9b3d5e7f60718293",
    "0F8B2C4D-6E8A-4C1F-9B3D-5E7F60718293",
  ];
  for (const id of made) assert.equal(eventId(id), id);
  const chosen = ["Siobhan-ONeill", "SMITH", "9990000018", "9990000018-01021980-0123456789abcdef", "../../x", "letter"];
  for (const id of chosen) {
    assert.equal(eventId(id), createHash("sha256").update(id).digest("hex").slice(0, 8));
  }
});
