import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, readable } from "../../web/test/http.ts";
import type { Matter, Task } from "@restante/practice";
import { faultWords, refusedInRow, senderToldWords } from "../src/words.ts";
import { openPages } from "./open-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

test("a refused message says in its row and on its page what was wrong and what its sender was told, and technical words apart", async (t) => {
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation });
  const fault = "It does not say what it is, or is something other than a document.";
  const row = readable((await ask(url)).text);
  assert.ok(row.includes(`${fault} The sender’s system is told.`), row);
  const { text } = await ask(`${url}/tasks/3`);
  assert.ok(
    readable(text).includes(
      `${fault} The sender’s system is told that it was not accepted. If a document was expected, ask the sender for it. Why, in technical words The message header could not be read.`,
    ),
    readable(text),
  );
});

test("every reason for which a message is refused has words, with a code that nobody knows too, and none is a bare code", () => {
  for (const [task, words] of [
    [{ refusedFor: "not-acceptable", refusedWith: "10009" }, "It could not be read: it is damaged"],
    [{ refusedFor: "not-acceptable", refusedWith: "20009" }, "Its document is not as it must be"],
    [
      { refusedFor: "not-acceptable", refusedWith: "20009", refusalRule: "several-documents" },
      "It has more in it than",
    ],
    [
      { refusedFor: "not-acceptable", refusedWith: "20009", refusalRule: "no-patient" },
      "Its document does not say which",
    ],
    [{ refusedFor: "not-acceptable", refusedWith: "20006", refusalRule: "other-event" }, "It is something other than"],
    [{ refusedFor: "not-acceptable", refusedWith: "20015" }, "It is too large"],
    [{ refusedFor: "not-acceptable", refusedWith: "29999" }, "It could not be taken in as a document"],
    [{ refusedFor: "strictness", refusedWith: "20006" }, "It breaks a requirement"],
    [{ refusedFor: "not-taken" }, "It is of a kind"],
    [{}, "It could not be taken in as a document"],
  ] as const) {
    assert.ok(faultWords(task).startsWith(words), words);
    const row = refusedInRow({ kind: "refused", ...task }) ?? "";
    assert.ok(row.endsWith("refusedWith" in task ? "The sender’s system is told." : "The sender is not told."), row);
    assert.doesNotMatch(row, /\d/);
  }
  assert.equal(refusedInRow({ kind: "set-aside" }), undefined);
  const matter = { state: "new", reason: "An answer could not be delivered." } as unknown as Matter;
  const row = refusedInRow({ kind: "refused", refusedFor: "not-acceptable", refusedWith: "20009", matter });
  assert.doesNotMatch(row ?? "", /sender/, "nothing is said of an answer that has not got through");
});

test("the sender is said to know what was answered to its message, and nothing that was answered to a copy", () => {
  const answer = { level: "infrastructure", code: "20009", text: "Invalid message content" } as const;
  const said = (...responses: object[]): string =>
    senderToldWords({ refusedFor: "not-acceptable", responses: responses as Task["responses"] });
  const toACopy = { ...answer, code: "20007", text: "Duplicate", state: "sent", copy: "another-message" };
  assert.match(said({ ...answer, state: "sent" }, toACopy), /^The sender’s system is told that it was not accepted\./);
  assert.match(said({ ...answer, state: "failed" }, toACopy), /^The answer did not get through/);
  assert.match(said(toACopy), /^The sender is not told of it/);
});
