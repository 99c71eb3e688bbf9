import assert from "node:assert/strict";
import { test } from "node:test";
import { newMessageId } from "@restante/mesh";
import type { RetryNotice } from "@restante/mesh-client";
import { answer, breakOff, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const id = newMessageId(new Date());

test("each attempt that is followed by another is told: which call, which attempt, how long until the next, and why", async (t) => {
  const told: RetryNotice[] = [];
  const peer = await startFaultyPeer(t, [answer(503, "", { "retry-after": "1" }), breakOff, answer(200, { count: 1 })]);
  const retries = { attempts: 3, firstWaitMs: 8, longestWaitMs: 20 };
  const client = await clientOf(t, peer.url, { onRetry: (notice) => told.push(notice), retries });
  await client.count();
  assert.deepEqual(
    told.map(({ operation, attempt, attempts, error }) => [operation, attempt, attempts, error.code]),
    [
      ["count", 1, 3, "unavailable"],
      ["count", 2, 3, "answer-lost"],
    ],
  );
  assert.ok(
    told.every(({ waitMs }) => waitMs >= 8 && waitMs <= 20),
    "a half to the whole of the back-off",
  );
});

test("the last attempt, a send, and what cannot pass are told by their errors alone", async (t) => {
  const told: RetryNotice[] = [];
  const peer = await startFaultyPeer(t, [answer(503), answer(404), answer(503)]);
  const client = await clientOf(t, peer.url, { onRetry: (notice) => told.push(notice) });
  await assert.rejects(client.send({ to: "Y90002OT001", workflowId: "W", body: "x" }), { code: "unavailable" });
  await assert.rejects(client.track(id), { code: "not-found" });
  assert.equal(told.length, 0);
  await assert.rejects(client.acknowledge(id), { code: "unavailable" });
  assert.deepEqual(
    told.map(({ operation, attempt }) => `${operation} ${attempt}`),
    ["acknowledge 1", "acknowledge 2"],
  );
});
