import assert from "node:assert/strict";
import { test } from "node:test";
import { by, password } from "../secure-site.ts";
import { openIssuedSite } from "./issued-site.ts";

test("who comes by an issuer is not asked for codes that are required here, and who comes by a password is, also the same person", async (t) => {
  const { issuer, addUser, access, visitor, signIn } = await openIssuedSite(t, { secondFactor: "required" });
  issuer.person = { subject: "anna", claims: {} };
  const { id, signInName } = await addUser("anna");
  await access.users.setPassword(id, password, by);
  const [byIssuer, byPassword] = [visitor(), visitor()];
  assert.equal((await signIn(byIssuer, "/parcels/7")).headers["location"], "/parcels/7");
  assert.equal((await byIssuer.get("/parcels/7")).status, 200);
  assert.equal((await byPassword.signIn(signInName, password)).status, 303);
  assert.equal((await byPassword.get("/parcels/7")).headers["location"], "/account?to=%2Fparcels%2F7");
  assert.equal((await byIssuer.get("/parcels/7")).status, 200);
});
