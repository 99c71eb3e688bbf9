import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import type { AuditEntry } from "../../src/index.ts";
import { tellHeads, type ToldHead } from "../../src/audit/tell-heads.ts";
import { openAudit } from "../open-audit.ts";

const entry: AuditEntry = { actor: "u-1", source: "::1", act: "view", outcome: "done", subjects: ["task:1"] };

test("where the audit stands is told at the start, again and again, and at the end, also while nothing is in it", async (t) => {
  const { audit } = await openAudit(t);
  const told: ToldHead[] = [];
  const heads = tellHeads(audit, (head) => void told.push(head), 5);
  assert.deepEqual(told, [{ sequence: 0, seal: "0".repeat(64) }]);
  audit.record(entry);
  const first = audit.head();
  await waitFor(() => told.some((head) => "seal" in head && head.seal === first?.seal));
  audit.record(entry);
  heads[Symbol.dispose]();
  assert.deepEqual(told.at(-1), audit.head());
  assert.deepEqual((await audit.verify(told as Exclude<ToldHead, { code: string }>[])).problems, []);
});

test("where it cannot be read, that is told, and nothing else ends by it", async (t) => {
  const access = await openAudit(t);
  const told: ToldHead[] = [];
  using _ = tellHeads(access.audit, (head) => void told.push(head), 5);
  access[Symbol.dispose]();
  await waitFor(() => told.length > 2);
  assert.deepEqual(told.at(-1), { code: "ERR_INVALID_STATE" });
});
