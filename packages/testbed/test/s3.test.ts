import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";

import { startS3 } from "@restante/testbed";

test("what an S3 store of a test has confirmed is there after it was killed, at the same port", async (t) => {
  const s3 = await startS3(t);
  const { endpoint, pid } = s3;
  await s3.put("a/b", Buffer.from("kept"));

  await s3.kill();
  const [refused] = (await once(connect(Number(new URL(endpoint).port), "127.0.0.1"), "error")) as [Error];
  await s3.start();

  assert.match(String(refused), /ECONNREFUSED/);
  assert.equal(s3.endpoint, endpoint);
  assert.notEqual(s3.pid, pid);
  assert.deepEqual(await s3.keys(), ["a/b"]);
  assert.equal((await s3.get("a/b")).toString(), "kept");
  await s3.delete("a/b");
  assert.deepEqual(await s3.keys(), []);
});

test("at its door an S3 store of a test takes nothing that is not signed", async (t) => {
  const s3 = await startS3(t);
  const answer = await fetch(`${s3.endpoint}/${s3.bucket}/a`, { method: "PUT", body: "a" });
  assert.deepEqual([answer.status, await answer.text()], [403, "<Error><Code>AccessDenied</Code></Error>"]);
  assert.deepEqual(await s3.keys(), []);
});
