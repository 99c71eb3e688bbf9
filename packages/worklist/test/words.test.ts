import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailboxId, parseOdsCode } from "@restante/mesh";
import { parts, recipientLine, strayOrigin, troubleWords } from "../src/words.ts";

const mailboxId = parseMailboxId("FY901OT001");
const odsCode = parseOdsCode("FY901");
const at = (time: string): Date => new Date(time);

test("who a report goes to is named wherever its name is known, with what MESH knows it by", () => {
  assert.equal(recipientLine({ kind: "registered-practice" }), "The patient’s registered practice");
  assert.equal(
    recipientLine({ kind: "registered-practice", mailboxId, odsCode, name: "Mill Lane" }),
    "Mill Lane (FY901, FY901OT001, The patient’s registered practice)",
  );
  assert.equal(recipientLine({ kind: "organisation", odsCode }), "FY901");
  assert.equal(
    recipientLine({ kind: "organisation", odsCode, mailboxId, name: "Mill Lane" }),
    "Mill Lane (FY901, FY901OT001)",
  );
});

test("a report of the MESH client is not said to be MESH's", () => {
  assert.deepEqual(strayOrigin({ kind: "mesh-report", event: "TRANSFER", code: "06" }), {
    what: "A report of the MESH client here, about what MESH never had",
    from: "The MESH client here",
  });
  assert.equal(strayOrigin({ kind: "mesh-report", event: "SEND", code: "EPL-153" }).from, "MESH itself");
  assert.equal(strayOrigin({ kind: "response" }).from, "Not known");
});

test("a code is one piece, and the text around it is not changed", () => {
  const text = "MESH could not deliver it: EPL-153 NHS Number not found";
  assert.deepEqual(
    parts(text).filter(({ whole }) => whole),
    [{ text: "EPL-153", whole: true }],
  );
  for (const any of [text, "", "-", "A-1", "EPL-153", `${"AB-".repeat(50_000)}!`])
    assert.equal(
      parts(any)
        .map((part) => part.text)
        .join(""),
      any,
    );
});

test("trouble of the system is told with the hour since when, and with the day where that is another", () => {
  const trouble = { code: "unreachable", reason: "The MESH server cannot be reached." };
  const since = at("2026-11-23T10:15:30Z");
  assert.equal(
    troubleWords({ ...trouble, part: "collecting", mailboxId, since }, at("2026-11-23T12:00:00Z")),
    "Messages for FY901OT001 have not been collected since\u00a010:15am: The MESH server cannot be reached.",
  );
  assert.match(
    troubleWords({ ...trouble, part: "collecting", mailboxId, since, some: true }, at("2026-11-23T12:00:00Z")),
    /^Some messages for FY901OT001 have not been collected since/,
  );
  assert.match(
    troubleWords({ ...trouble, part: "matching", since }, at("2026-11-24T12:00:00Z")),
    /^Patients have not been looked up since\u00a023\u00a0November\u00a02026\u00a0at\u00a010:15am: /,
  );
});
