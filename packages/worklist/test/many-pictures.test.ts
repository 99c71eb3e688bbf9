import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskAttachment } from "@restante/practice";
import { documentsShown } from "../src/documents.ts";

test("of many large pictures a page draws some, and the others are opened by themselves", () => {
  const picture = (bytes: number): TaskAttachment => ({
    title: "Photo",
    contentType: "image/png",
    fileType: "image/png",
    primary: false,
    bytes,
  });
  const sizes = [15_000_000, 15_000_000, 15_000_000, 1_000_000];
  const { others } = documentsShown("/tasks/1", sizes.map(picture));
  assert.deepEqual(
    others.map(({ apart, shown }) => [shown, apart]),
    [
      ["image", undefined],
      ["image", undefined],
      ["image", true],
      ["image", undefined],
    ],
  );
});
