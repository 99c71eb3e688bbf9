import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "../../../src/access/sessions/network-of.ts";

test("whoever has a network of IPv6 has no more attempts by it, and neighbours have theirs", () => {
  const one = networkOf("2001:db8:0:7::1");
  assert.equal(one, "2001:db8:0:7::/64");
  for (const same of ["2001:db8::7:ffff:1:2:3", "2001:0DB8:0000:0007:1234:5678:9abc:def0", "2001:db8:0:7::192.0.2.1"]) {
    assert.equal(networkOf(same), one, same);
  }
  for (const other of ["2001:db8:0:8::1", "2001:db8::1", "2001:db9:0:7::1"])
    assert.notEqual(networkOf(other), one, other);
});

test("an address of IPv4 counts by itself, also where it is written as one of IPv6, and so does this computer", () => {
  const addresses = ["192.0.2.1", "192.0.2.2", "::ffff:192.0.2.3", "::ffff:192.0.2.4", "::1"];
  assert.equal(new Set(addresses.map(networkOf)).size, addresses.length);
});
