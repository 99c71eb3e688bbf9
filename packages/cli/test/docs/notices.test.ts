import assert from "node:assert/strict";
import { test } from "node:test";
import { signatureOf } from "../../../practice/src/notices/webhook.ts";
import { readPage } from "./pages.ts";

interface Example {
  isFromRestante: (header: string | undefined, body: string, secret: string, now: number) => boolean;
}

test("the code of docs/notices.md knows what this system has signed, and nothing else", async () => {
  const [, code = ""] = /```js\n([^]*?)```/.exec(readPage("docs/notices.md")) ?? [];
  const { isFromRestante } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Example;
  const secret = "a secret of sixteen and more";
  const now = Date.parse("2026-11-30T09:12:04Z");
  const time = now / 1000;
  const body = '{"id":"1","event":"task-new"}';
  const signed = (at: number, under = secret): string => `t=${at},v1=${signatureOf(under, at, body)}`;
  assert.equal(isFromRestante(signed(time), body, secret, now), true);
  assert.equal(isFromRestante(signed(time), body, secret, now + 299_000), true);
  for (const [header, text] of [
    [signed(time), `${body} `],
    [signed(time, "another secret than that"), body],
    [signed(time - 301), body],
    [signed(time).replace(String(time), String(time + 1)), body],
    ["t=1,v1=00", body],
    [undefined, body],
  ] as const) {
    assert.equal(isFromRestante(header, text, secret, now), false, header);
  }
});
