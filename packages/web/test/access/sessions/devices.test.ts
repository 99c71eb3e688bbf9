import assert from "node:assert/strict";
import { test } from "node:test";
import { createDevices } from "../../../src/access/sessions/devices.ts";

const devices = createDevices(Buffer.alloc(32, 1));

test("a browser is known for each of those who have signed in there, under one number", () => {
  const first = devices.remember(undefined, "u-anna");
  const both = devices.remember(first, "u-ben");
  const [device] = first.split(".");
  assert.equal(devices.find(both, "u-anna"), `device:${device}:u-anna`);
  assert.equal(devices.find(both, "u-ben"), `device:${device}:u-ben`);
  assert.equal(devices.find(both, "u-carol"), undefined);
  assert.equal(devices.find(first, "u-ben"), undefined);
  assert.equal(devices.find(undefined, "u-anna"), undefined);
});

test("by what this system has not written nobody is known", () => {
  const [device, entry = ""] = devices.remember(undefined, "u-anna").split(".");
  const [, signature] = entry.split("~");
  const made = [
    "",
    "u-anna",
    `${device}.u-ben~${signature}`,
    `other.${entry}`,
    `${device}.u-anna~`,
    createDevices(Buffer.alloc(32, 2)).remember(undefined, "u-anna"),
  ];
  for (const cookie of made) {
    assert.equal(devices.find(cookie, "u-anna"), undefined, cookie);
    assert.equal(devices.find(cookie, "u-ben"), undefined, cookie);
  }
});

test("the cookie of a browser that many use keeps the last ten of them", () => {
  let cookie: string | undefined;
  for (let user = 1; user <= 12; user += 1) cookie = devices.remember(cookie, `u-${user}`);
  cookie = devices.remember(cookie, "u-4");
  const known = Array.from({ length: 12 }, (_, index) => index + 1).filter((user) => devices.find(cookie, `u-${user}`));
  assert.deepEqual(known, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.ok(cookie.length < 1000);
});
