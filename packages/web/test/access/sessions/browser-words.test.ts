import assert from "node:assert/strict";
import { test } from "node:test";
import { browserWords } from "../../../src/access/sessions/browser-words.ts";

test("a browser is known again by a few words of ours, whatever it says of itself", () => {
  for (const [said, words] of [
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
      "Edge on Windows",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
      "Chrome on Android",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
      "Safari on iPhone",
    ],
    ["<script>Windows</script>", "A browser on Windows"],
    ["curl/8.5.0", ""],
    [undefined, ""],
  ] as const) {
    assert.equal(browserWords(said), words);
  }
});
