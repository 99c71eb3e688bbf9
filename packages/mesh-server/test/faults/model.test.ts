// Whatever faults stand, and whatever clients do meanwhile: once they are cleared every request is answered right, and
// nothing is lost of which 202 was said.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Fault, FaultEffect } from "@restante/control";
import { pointsOf } from "@restante/control";
import { testMailboxes } from "@restante/testbed";
import * as fc from "fast-check";

import type { RequestPoint } from "../../src/faults/effects.ts";
import { ask, type DoorName, newToken, startFaultyServer } from "./faulty-server.ts";
import { listed, messageHeaders, prepare } from "./requests.ts";

const { sender, pharmacy } = testMailboxes;

const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
  fc.record({ do: fc.constant("status" as const), status: fc.constantFrom(400, 403, 417, 429, 500, 502, 503) }),
  fc.record({ do: fc.constant("delay" as const), for: fc.constantFrom("0s", "5ms", "20ms") }),
  fc.record({ do: fc.constant("truncate" as const), bytes: fc.nat(40) }),
  fc.record({ do: fc.constant("dribble" as const), bytesPerSecond: fc.integer({ min: 500, max: 5000 }) }),
  fc.record({ do: fc.constant("content-type" as const), contentType: fc.constantFrom("text/html", "image/png") }),
  fc.record({ do: fc.constant("token-clock" as const), by: fc.constantFrom("3h", "-1h", "-26h") }),
  fc.constantFrom(
    ...([
      { do: "reset" },
      { do: "hang" },
      { do: "lose-answer" },
      { do: "truncate" },
      { do: "deliver-twice" },
      { do: "mixed-case" },
      { do: "expire-certificate" },
    ] as const),
  ),
);

const fault: fc.Arbitrary<Fault> = effect.chain((chosen) =>
  fc
    .record({
      at: fc.constantFrom(...pointsOf(chosen.do).filter((point) => point !== "demographics")),
      times: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      probability: fc.constantFrom(undefined, 0.3, 0.8),
      seed: fc.nat(1000),
      isOfOne: fc.boolean(),
    })
    .map(({ at, times, probability, seed, isOfOne }) => {
      const made: Fault = Object.assign({ at, seed }, chosen);
      if (times !== undefined) made.times = times;
      if (probability !== undefined) made.probability = probability;
      if (isOfOne && at !== "lookup" && chosen.do !== "expire-certificate") made.mailbox = sender;
      return made;
    }),
);

const points: readonly RequestPoint[] = ["handshake", "send", "list", "download", "acknowledge", "track", "lookup"];
const step = fc.record({ point: fc.constantFrom(...points), door: fc.constantFrom<DoorName>("https", "http") });

test("with any faults, once they are cleared, every request is answered right and nothing is lost that was said to be accepted", async (t) => {
  const server = await startFaultyServer(t);
  const { control } = server.faults;
  /** Everything of which 202 was said, with the token of its request, and what was not acknowledged by anybody. */
  const accepted = new Set<string>();
  const acknowledged = new Set<string>();

  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { minLength: 1, maxLength: 6 }),
      fc.array(step, { minLength: 4, maxLength: 12 }),
      async (faults, steps) => {
        for (const one of faults) await control.add(one);
        const given = AbortSignal.timeout(400);
        await Promise.all(
          steps.map(async ({ point, door }) => {
            const latest = [...accepted].at(-1) ?? "20260101000000000000_000000";
            const inbox = `/messageexchange/${pharmacy}/inbox/${latest}`;
            const request = {
              handshake: {
                mailboxId: sender,
                path: `/messageexchange/${sender}`,
                headers: { "mex-clientversion": "1" },
              },
              send: {
                mailboxId: sender,
                method: "POST",
                path: `/messageexchange/${sender}/outbox`,
                headers: messageHeaders,
                body: "a letter",
              },
              chunk: undefined,
              list: { mailboxId: pharmacy, path: `/messageexchange/${pharmacy}/inbox` },
              download: { mailboxId: pharmacy, path: inbox },
              acknowledge: { mailboxId: pharmacy, method: "PUT", path: `${inbox}/status/acknowledged` },
              track: { mailboxId: sender, path: `/messageexchange/${sender}/outbox/tracking?messageID=${latest}` },
              lookup: {
                mailboxId: sender,
                path: `/messageexchange/workflowsearch/${messageHeaders["mex-workflowid"]}`,
              },
            }[point];
            if (request === undefined) return;
            // Asked for, it may be done whatever is answered.
            if (point === "acknowledge") acknowledged.add(latest);
            const token = newToken(server, request.mailboxId);
            const answer = await ask(server, door, { ...request, token, signal: given }).catch(() => undefined);
            if (answer?.status === 202 && idIn(answer) !== "") accepted.add(idIn(answer));
          }),
        );

        await control.clear();

        const there = new Set(await listed(server));
        for (const id of accepted) assert.ok(there.has(id) || acknowledged.has(id), `${id} is lost`);
        for (const point of [...points, "chunk"] as const) {
          for (const door of ["https", "http"] as const) {
            const { request, status, isDone } = await prepare[point](server);
            const answer = await ask(server, door, request);
            assert.deepEqual([answer.status, answer.isCut], [status, false], point);
            // What was asked for before and given up may be done only now, so a send is not known by how many there are.
            if (point === "send") assert.ok((await listed(server)).includes(idIn(answer)), point);
            else if (isDone !== undefined) assert.equal(await isDone(), true, point);
          }
        }
      },
    ),
    { numRuns: 15 },
  );
  assert.ok(server.events.of("fault-done").length > 10);
  const failures = server.events.of("request-refused").filter(({ status }) => status >= 500);
  assert.deepEqual(failures, [], "none was told as a failure of the server's own");
});

/** Of what was accepted; an answer that is cut may have none. */
function idIn({ body }: { readonly body: string }): string {
  return /"messageID":"([^"]+)"/.exec(body)?.[1] ?? "";
}
