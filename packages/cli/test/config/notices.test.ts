import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SettingsError } from "@restante/settings";
import { temporaryFolder } from "@restante/testbed";
import { noticeOptions } from "../../src/config/notice-settings.ts";
import { practicePart } from "../../src/config/practice-file.ts";
import { readPartText } from "../../src/config/read-part.ts";
import { unreadOptions } from "../../src/config/unread-settings.ts";

const practice = `
organisation: { odsCode: Y90002, name: Harbour Light, role: practice, phone: "01632 960002" }
dataFolder: data
transports: [{ kind: directory, mailboxId: Y90002OT001, folder: box }]
businessResponse: { kind: onMatch }
directory: { patients: patients.json, organisations: organisations.json }
`;

test("who is told of tasks, and when, is set by a few lines; secrets stay in their files, and the rest has its defaults", async (t) => {
  const home = await temporaryFolder(t);
  for (const name of ["mail-password", "hook-secret"]) {
    writeFileSync(join(home, name), `${name} is long enough\n`, { mode: 0o600 });
  }
  const text = `${practice}
unread: { hours: { to: "17:00", notOn: ["2026-12-25"] } }
notices:
  email: { host: smtp.example.org, port: 587, user: worklist, password: { file: mail-password }, from: a@example.org, to: [b@example.org] }
  webhooks: [{ url: "https://hooks.example/a", secret: { file: hook-secret } }]
`;
  const { file, text: given } = readPartText(
    practicePart,
    { name: join(home, "practice.yaml"), text },
    { directory: { patients: [], organisations: [] } },
  );
  assert.ok(file.unread && file.notices);
  assert.deepEqual(unreadOptions(file.unread), {
    afterHours: 4,
    hours: { from: "08:00", to: "17:00", days: [1, 2, 3, 4, 5], notOn: ["2026-12-25"] },
  });
  assert.equal(file.unread.role, "administrator");
  assert.deepEqual(noticeOptions(file.notices, "https://worklist.example/", given), {
    address: "https://worklist.example",
    email: {
      host: "smtp.example.org",
      port: 587,
      security: "starttls",
      user: "worklist",
      password: "mail-password is long enough",
      from: "a@example.org",
      to: ["b@example.org"],
    },
    webhooks: [
      {
        url: "https://hooks.example/a",
        secret: "hook-secret is long enough",
        events: ["task-new", "task-unread", "task-overdue"],
      },
    ],
  });
  assert.doesNotMatch(JSON.stringify(file), /long enough/);
});

for (const [wrong, words] of [
  ['unread: { hours: { from: "18:00", to: "08:00" } }', /work begins before it ends/],
  ['unread: { hours: { from: "25:00" } }', /must be a time of the day/],
  ['unread: { hours: { notOn: ["2026-02-30"] } }', /must be a day of the calendar/],
  ["unread: { hours: { days: [8] } }", /unread\.hours\.days|days/],
  ["unread: { role: auditor }", /role/],
  ['notices: { webhooks: [{ url: "http://hooks.example/", secret: { env: HOOK } }] }', /must be an address of HTTPS/],
  [
    'notices: { webhooks: [{ url: "https://a:b@hooks.example/", secret: { env: HOOK } }] }',
    /without a name or password/,
  ],
  [
    "notices: { email: { host: mail.example, port: 25, security: none, from: a@example.org, to: [b@example.org] } }",
    /must be starttls or tls/,
  ],
  [
    "notices: { email: { host: mail.example, port: 25, user: me, from: a@example.org, to: [b@example.org] } }",
    /password/,
  ],
  [
    'notices: { email: { host: mail.example, port: 25, from: "A <a@example.org>", to: [b@example.org] } }',
    /must be an email address alone/,
  ],
] as const) {
  test(`settings of notices that could not be meant are told: ${wrong}`, async (t) => {
    const named = { name: join(await temporaryFolder(t), "practice.yaml"), text: `${practice}\n${wrong}\n` };
    const options = {
      directory: { patients: [], organisations: [] },
      environment: { HOOK: "a secret that is long enough" },
    };
    assert.throws(
      () => readPartText(practicePart, named, options),
      (error) => error instanceof SettingsError && words.test(error.message),
    );
  });
}
