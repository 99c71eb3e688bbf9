import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { testAuthority } from "@restante/testbed";
import { startIssuer } from "@restante/testkit/issuer";
import { openAccess } from "@restante/web";
import { redirected } from "../../../web/test/access/open-id/issued-site.ts";
import { Visitor } from "../../../web/test/access/visitor.ts";
import { openIdOptions } from "../../src/config/open-id-settings.ts";
import { practicePart } from "../../src/config/practice-file.ts";
import { readPart } from "../../src/config/read-part.ts";
import { atEnd } from "../support/at-end.ts";
import { freePortBase, runCommand } from "../support/processes.ts";
import { environment, partsFolder, secretFile, writePages } from "./parts-folder.ts";

const roles = `
      roles:
        claim: nhsid_nrbac_roles
        field: role_code
        where: [{ field: org_code, value: Y90002 }]
        map:
          - { value: "S8000:G8000:R8000", roles: [clinician] }
          - { value: "S8001:G8003:R8003", roles: [read-only, auditor] }
`;

test("a system by its file lets in whom its issuer says that they are, by the roles that it says", async (t) => {
  const home = await partsFolder(t, ["localhost"]);
  const issuer = await startIssuer();
  atEnd(t, () => issuer.close());
  const post = { org_code: "Y90002", role_code: "S8001:G8003:R8003" };
  issuer.person = { subject: "555012345678", claims: { name: "Anna Example", nhsid_nrbac_roles: [post] } };
  await writeFile(join(home, "tls", "issuer.crt"), issuer.ca);
  await secretFile(home, "open-id", "secret\n");
  const port = await freePortBase();
  const url = `https://localhost:${port}`;
  const config = await writePages(
    home,
    `  port: ${port}
  address: ${url}
  tls: { key: tls/server.key, cert: tls/server.crt }
  signIn:
    openId:
      issuer: ${issuer.url}
      clientId: restante
      clientSecret: { file: secrets/open-id }
      ca: tls/issuer.crt
      scope: openid profile nationalrbacaccess
      buttonText: Sign in with NHS CIS2${roles}`,
  );
  const system = runCommand(["practice", "--config", config]);
  atEnd(t, () => system.end("SIGKILL"));
  await system.printed(/Worklist of .* at (\S+)/);

  const anna = new Visitor(url, (await testAuthority()).caPem);
  const { text } = await anna.get("/sign-in");
  assert.match(text, /Sign in with NHS CIS2/);
  assert.doesNotMatch(text, /password/i);
  const begun = await anna.get("/sign-in/open-id");
  const { pathname, search, origin } = await redirected(String(begun.headers["location"]), issuer.ca);
  assert.equal(origin, url);
  assert.equal((await anna.get(`${pathname}${search}`)).status, 303);
  assert.match((await anna.get("/")).text, /Anna Example/);
  const asked = issuer.requests.find(({ endpoint }) => endpoint === "authorize")?.parameters;
  assert.equal(asked?.["redirect_uri"], `${url}/sign-in/open-id/answer`);
  assert.equal(asked["scope"], "openid profile nationalrbacaccess");
  await system.end("SIGTERM");
  // Neither the secret nor a token is in what it prints.
  assert.doesNotMatch(system.output(), /eyJ|code=/);
  using access = await openAccess({ folder: join(home, "practice-data") });
  const [user] = access.users.list();
  assert.deepEqual(user?.roles, ["read-only", "auditor"]);
});

test("what is wrong with an issuer's settings is told at once, each at its place", async (t) => {
  const home = await partsFolder(t);
  const config = await writePages(
    home,
    `  port: 0
  tls: { authority: pages }
  signIn:
    openId:
      issuer: http://issuer.example
      clientId: restante
      clientSecret: topsecret
      ca: tls/nowhere.crt
      scope: profile
      roles:
        claim: groups
        where: [{ field: org_code, value: Y90002 }]
        map:
          - { value: staff, roles: [chief] }
          - { value: staff, roles: [] }
`,
  );
  assert.throws(
    () => readPart(practicePart, config, { environment }),
    (error: Error) => {
      for (const expected of [
        /openId\/issuer .*must be the address by which an issuer calls itself/,
        /openId\/clientSecret .*never written here itself/,
        /openId\/ca .*nowhere\.crt/,
        /openId\/scope .*must have openid among what it asks for/,
        /roles .*"field"/,
        /map\/0\/roles\/0 /,
        /map\/1\/roles /,
        /map\/1\/value .*is the same as/,
      ]) {
        assert.match(error.message, expected);
      }
      assert.doesNotMatch(error.message, /topsecret/);
      return true;
    },
  );
});

test("the settings of an issuer become what signs people in, with what their files hold", () => {
  const given = (pointer: string) => `what is at ${pointer}`;
  const usual = { issuer: "https://issuer.example", clientId: "restante", clientSecret: { env: "SECRET" } };
  const secret = "what is at /pages/signIn/openId/clientSecret";
  assert.deepEqual(openIdOptions(usual, given), { ...usual, clientSecret: secret });
  const more = {
    ca: "issuer.crt",
    acrValues: ["AAL3_ANY"],
    require: [{ claim: "id_assurance_level", values: ["3"] }],
    roles: {
      claim: "groups",
      field: "name",
      where: [{ field: "at", value: "here" }],
      map: [{ value: "staff", roles: ["clinician" as const] }],
    },
  };
  assert.deepEqual(openIdOptions({ ...usual, ...more }, given), {
    ...usual,
    clientSecret: secret,
    ca: "what is at /pages/signIn/openId/ca",
    acrValues: ["AAL3_ANY"],
    require: { id_assurance_level: ["3"] },
    roles: { claim: "groups", field: "name", where: { at: "here" }, map: { staff: ["clinician"] } },
  });
});
