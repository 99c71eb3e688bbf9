import assert from "node:assert/strict";
import { test } from "node:test";

import { addressGroup } from "../../src/http/address-group.ts";

test("an IPv4 address stands for itself, however it is written, and an IPv6 one for its /64", () => {
  for (const [address, group] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["", ""],
  ] as const) {
    assert.equal(addressGroup(address), group, address);
  }
});
