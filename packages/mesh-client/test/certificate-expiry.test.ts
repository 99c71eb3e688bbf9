import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLocalAuthority, type LocalAuthority } from "@restante/authority";
import { certificateExpiry } from "@restante/mesh-client";
import { temporaryFolder } from "@restante/testbed";

const DAY = 24 * 60 * 60 * 1000;
const NOW = new Date("2026-11-29T12:00:00Z");

/** An authority, of which what is issued ends in so many days (397 from its own time). */
async function authorityOf(t: TestContext, days: number, name = String(days)): Promise<LocalAuthority> {
  const clock = { now: (): Date => new Date(NOW.getTime() - (397 - days) * DAY) };
  return createLocalAuthority(join(await temporaryFolder(t), name), { clock });
}

test("the certificate that ends first is told, of the client's own, of its issuers and of those that are trusted", async (t) => {
  const soon = await authorityOf(t, 20);
  const later = await authorityOf(t, 300);
  const own = await soon.issue({ commonName: "X26HC005.X26.api.mesh-client.nhs.uk", kind: "client" });
  const other = await later.issue({ commonName: "another", kind: "client" });

  assert.deepEqual(certificateExpiry({ cert: own.cert + soon.caPem, ca: soon.caPem }, NOW), {
    certificate: "X26HC005.X26.api.mesh-client.nhs.uk",
    of: "client",
    expiresAt: new Date(NOW.getTime() + 20 * DAY),
    daysLeft: 20,
  });
  // One that is sent and has not issued it does not matter.
  assert.equal(certificateExpiry({ cert: other.cert + own.cert, ca: later.caPem }, NOW).daysLeft, 300);
  // One that is trusted does.
  const trusted = certificateExpiry({ cert: other.cert, ca: later.caPem + own.cert }, NOW);
  assert.deepEqual([trusted.of, trusted.daysLeft], ["trusted", 20]);
  // Each authority is there for ten years, and is what ends first once the client's is thought away.
  const atItsEnd = new Date(NOW.getTime() + 30 * 365 * DAY);
  const issuer = certificateExpiry({ cert: soon.caPem, ca: soon.caPem }, atItsEnd);
  assert.ok(issuer.daysLeft < 0);
  assert.match(issuer.certificate, /^Restante local authority/);
});

test("a trusted certificate that a later one of its name replaces does not matter", async (t) => {
  const [before, after] = await Promise.all([authorityOf(t, 10), authorityOf(t, 200)]);
  const request = { commonName: "NHS-Root", kind: "client" } as const;
  const [old, renewed] = await Promise.all([before.issue(request), after.issue(request)]);
  const own = await after.issue({ commonName: "own", kind: "client" });
  for (const ca of [old.cert + renewed.cert, renewed.cert + old.cert]) {
    assert.equal(certificateExpiry({ cert: own.cert, ca }, NOW).daysLeft, 200);
  }
  assert.equal(certificateExpiry({ cert: own.cert, ca: old.cert }, NOW).daysLeft, 10);
});

test("the days that are left are rounded up: the last day is 1, and one that has expired has none", async (t) => {
  const authority = await authorityOf(t, 60);
  const { cert } = await authority.issue({ commonName: "own", kind: "client" });
  const left = (days: number): number =>
    certificateExpiry({ cert, ca: authority.caPem }, new Date(NOW.getTime() + (60 - days) * DAY)).daysLeft;
  assert.deepEqual([60, 59.5, 7, 0.001, 0, -0.5, -1.5].map(left), [60, 60, 7, 1, 0, 0, -1]);
});

test("what is no certificate is refused as that", () => {
  for (const cert of ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
    assert.throws(() => certificateExpiry({ cert, ca: cert }, NOW), { code: "request-invalid", field: "tls.cert" });
  }
});
