// Any sequence of sends, acknowledgements, moves of the clock, saves and restores, against a model: an inbox, the sender's
// inbox of reports, a clock, and copies of these by name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ControlError } from "@restante/control";
import type { MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import { testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import * as fc from "fast-check";

import { wipe } from "../../src/control/wipe.ts";
import { type RewoundServer, startRewoundServer } from "./rewound-server.ts";

const { sender, pharmacy } = testMailboxes;
const COLLECT_DAYS = 5;
const names = ["a", "b"] as const;

type Step =
  | { step: "send"; large: boolean }
  | { step: "acknowledge" | "restart" | "wipe" }
  | { step: "advance"; days: number }
  | { step: "save" | "restore"; name: (typeof names)[number] };

/** Days are those of the moved clock; nothing takes as long as one of them in real time. */
interface Model {
  day: number;
  inbox: readonly { messageId: MessageId; day: number }[];
  /** Of the sender: about which message, and since when. */
  reports: readonly { about: MessageId; day: number }[];
}

const empty: Model = { day: 0, inbox: [], reports: [] };

/** A little more than so many days, so that what was sent, or reported, within the last minutes of a move is due so many days later too. */
const word = (days: number): string => `${days}d10m`;

function advance({ day, inbox, reports }: Model, days: number): Model {
  const until = day + days;
  const isLate = (since: number): boolean => since + COLLECT_DAYS <= until;
  const late = inbox.filter((message) => isLate(message.day));
  const reported = [
    ...reports,
    ...late.map(({ messageId, day: sent }) => ({ about: messageId, day: sent + COLLECT_DAYS })),
  ];
  return {
    day: until,
    inbox: inbox.filter((message) => !isLate(message.day)),
    // A report that nobody collects causes none.
    reports: reported.filter((report) => !isLate(report.day)),
  };
}

async function list(client: MeshClient): Promise<MessageId[]> {
  const ids: MessageId[] = [];
  for await (const messageId of client.listAll()) ids.push(messageId);
  return ids;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant("send" as const), large: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("acknowledge" as const) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("advance" as const), days: fc.integer({ min: 1, max: 12 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constantFrom("save" as const, "restore" as const),
      name: fc.constantFrom(...names),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom("restart" as const, "wipe" as const) }) },
);

test("whatever is sent, taken, moved on, saved, wiped and put back, a server is where it would be without the rest", async (t) => {
  const server: RewoundServer = await startRewoundServer(t, { config: { smallBodyBytes: 10 } });
  await using from = await testClient(server, sender);
  await using to = await testClient(server, pharmacy);

  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
    await wipe(server.serving, { closures: true, tokens: false });
    await server.moved.right();
    for (const name of names) await server.snapshots.control.remove({ name }).catch(() => undefined);
    const model = { ...empty };
    const saved = new Map<string, Model>();
    for (const each of steps) {
      switch (each.step) {
        case "send": {
          const body = Buffer.alloc(each.large ? 100 : 5, "x");
          const { messageId } = await from.send({ to: pharmacy, workflowId: testWorkflow, body });
          model.inbox = model.inbox.concat({ messageId, day: model.day });
          break;
        }
        case "acknowledge": {
          const [first, ...others] = model.inbox;
          if (first === undefined) break;
          await to.download(first.messageId).then(({ body }) => body.resume());
          await to.acknowledge(first.messageId);
          model.inbox = others;
          break;
        }
        case "advance":
          await server.moved.control.advance({ by: word(each.days) });
          Object.assign(model, advance(model, each.days));
          break;
        case "save":
          await server.snapshots.control.save({ name: each.name });
          saved.set(each.name, { ...model });
          break;
        case "restore": {
          const found = saved.get(each.name);
          const restored = server.snapshots.control.restore({ name: each.name });
          if (found === undefined) {
            await assert.rejects(
              restored,
              (error) => error instanceof ControlError && error.code === "snapshot-unknown",
            );
            break;
          }
          await restored;
          Object.assign(model, found);
          break;
        }
        case "restart":
          await server.restart();
          break;
        case "wipe":
          await wipe(server.serving, { closures: false, tokens: false });
          Object.assign(model, { inbox: [], reports: [] });
      }
      assert.deepEqual(
        await list(to),
        model.inbox.map(({ messageId }) => messageId),
      );
    }
    const about: string[] = [];
    for (const reportId of await list(from)) {
      about.push((await from.download(reportId)).headers.linkedMessageId ?? "");
    }
    assert.deepEqual(about.toSorted(), model.reports.map(({ about: messageId }) => messageId).toSorted());
  });

  await fc.assert(property, { numRuns: 15 });
});
