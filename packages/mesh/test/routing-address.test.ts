import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  encodeHeaderText,
  isRoutingAddress,
  parseRoutingAddress,
  redactRoutingAddresses,
  writeRoutingAddress,
} from "@restante/mesh";

const birthDate = fc
  .date({ min: new Date("1850-01-01"), max: new Date("2100-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const surname = fc.string({ unit: "grapheme" }).map((text) => text.trim());

test("any address is read back, in either date order, the surname keeping its underscores", () => {
  fc.assert(
    fc.property(
      birthDate,
      surname,
      fc.constantFrom("DDMMYYYY" as const, "YYYYMMDD" as const),
      (dateOfBirth, surname, order) => {
        const address = { nhsNumber: "9000000009", dateOfBirth, surname };
        assert.deepEqual(parseRoutingAddress(writeRoutingAddress({ ...address, order })), address);
      },
    ),
  );
});

test("every day from 1850 to 2100 is the same day in either order, so no order need be declared", () => {
  for (let at = Date.UTC(1850, 0, 1); at < Date.UTC(2101, 0, 1); at += 86_400_000) {
    const dateOfBirth = new Date(at).toISOString().slice(0, 10);
    const address = { nhsNumber: "1", dateOfBirth, surname: "S" };
    for (const order of ["DDMMYYYY", "YYYYMMDD"] as const) {
      const read = parseRoutingAddress(writeRoutingAddress({ ...address, order }))?.dateOfBirth;
      if (read !== dateOfBirth) assert.fail(`${dateOfBirth} written ${order} is read as ${read}`);
    }
  }
});

test("a surname that arrives as UTF-8 read as Latin-1 is repaired", () => {
  for (const surname of ["Łukasz", "O'Neill-Núñez", "Voilà"]) {
    const address = encodeHeaderText(`GPPROVIDER_9000000009_01021980_${surname}`);
    assert.equal(parseRoutingAddress(address)?.surname, surname);
  }
});

test("a date that does not exist leaves the date of birth undefined and the rest readable", () => {
  for (const born of ["30021980", "19801332", "1980", "01-02-1980", "01021849", "", "unknown"]) {
    assert.deepEqual(parseRoutingAddress(`GPPROVIDER_9000000009_${born}_Smith`), {
      nhsNumber: "9000000009",
      dateOfBirth: undefined,
      surname: "Smith",
    });
  }
});

test("an address of fewer than four parts is undefined, but is a routing address", () => {
  for (const to of ["GPPROVIDER", "GPPROVIDER_9000000009", "GPPROVIDER_9000000009_01021980"]) {
    assert.equal(isRoutingAddress(to), true);
    assert.equal(parseRoutingAddress(to), undefined);
  }
});

test("GPPROVIDER counts in upper case only, and as the whole first part", () => {
  assert.equal(isRoutingAddress("gpprovider_9000000009_01021980_Smith"), false);
  assert.equal(isRoutingAddress("Y99002OT001"), false);
  assert.equal(parseRoutingAddress("GPPROVIDERS_9000000009_01021980_Smith"), undefined);
});

test("an address is not written for a date of birth that is partial or does not exist, nor is it quoted", () => {
  for (const dateOfBirth of ["1980", "1980-02", "1980-02-30", "19800201", "1849-12-31", ""]) {
    assert.throws(
      () => writeRoutingAddress({ nhsNumber: "9000000009", dateOfBirth, surname: "Smith", order: "DDMMYYYY" }),
      (error: Error) =>
        "code" in error && error.code === "routing-address-invalid" && !/9000000009|Smith/.test(error.message),
    );
  }
});

test("no part of a patient is left by redaction, whatever the surname holds", () => {
  const name = fc.stringMatching(/^[\p{L}' _.-]{3,40}$/u).filter((text) => /\p{L}/u.test(text));
  fc.assert(
    fc.property(name, (surname) => {
      const address = `GPPROVIDER_9000000009_01021980_${surname}`;
      assert.equal(redactRoutingAddresses(`<To_DTS>${address}</To_DTS>`), "<To_DTS>GPPROVIDER</To_DTS>");
      assert.equal(redactRoutingAddresses(JSON.stringify({ to: address, at: 1 })), '{"to":"GPPROVIDER","at":1}');
      assert.equal(redactRoutingAddresses(`sent to ${address}\nnext line`), "sent to GPPROVIDER\nnext line");
    }),
  );
});

test("an address typed in lower case is redacted too, and a bare GPPROVIDER stays", () => {
  assert.equal(redactRoutingAddresses("gpprovider_9000000009_01021980_Smith"), "GPPROVIDER");
  assert.equal(redactRoutingAddresses("to GPPROVIDER now"), "to GPPROVIDER now");
});
