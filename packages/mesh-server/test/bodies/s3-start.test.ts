import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { after, test, type TestContext } from "node:test";
import { inspect } from "node:util";

import { atEnd, startS3 } from "@restante/testbed";

import { openS3Bodies, type S3BodiesOptions } from "../../src/bodies/s3.ts";
import { MeshServerError } from "../../src/errors.ts";
import { pieces } from "./contract.ts";
import { impatient, listen, openBodies, passingOn, placeIn } from "./s3-places.ts";

const s3 = await startS3({ after: (end: () => unknown) => after(() => end()) });

/** A server that answers everything alike. */
async function answering(t: TestContext, status: number, code: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(status)
      .end(`<Error><Code>${code}</Code><Message>signed with secret-of-the-store</Message></Error>`);
  });
  return listen(t, server);
}

/** The way to a store that forbids some of what is asked. */
async function forbidding(t: TestContext, isForbidden: (method: string, url: string) => boolean): Promise<string> {
  return passingOn(t, s3, {
    answer: ({ method = "", url = "" }) =>
      isForbidden(method, url) ? [403, "<Error><Code>AccessDenied</Code></Error>"] : undefined,
  });
}

const refusals: [string, RegExp, (t: TestContext) => Promise<Partial<S3BodiesOptions>>][] = [
  ["does not know its access key", /it does not know the access key id$/, async () => ({ accessKeyId: "another" })],
  [
    "gets signatures of another key",
    /the secret access key is wrong$/,
    async () => ({ secretAccessKey: "secret-other" }),
  ],
  ["has no such bucket", /: there is no such bucket$/, async () => ({ bucket: "another" })],
  ["has no address", /its host name is not known|cannot be looked up/, async () => ({ endpoint: "http://s3.invalid" })],
  ["is not there", /: nothing listens there$/, async (t) => ({ endpoint: await gone(t) })],
  ["says nothing", /: it does not answer$/, async (t) => ({ endpoint: await silent(t), patience: impatient })],
  [
    "forbids",
    /: the keys do not allow s3:PutObject$/,
    async (t) => ({ endpoint: await answering(t, 403, "AccessDenied") }),
  ],
  [
    "forbids uploads in parts",
    /: the keys do not allow s3:PutObject$/,
    async (t) => ({ endpoint: await forbidding(t, (method) => method === "POST") }),
  ],
  [
    "forbids to give such an upload up",
    /: the keys do not allow s3:AbortMultipartUpload$/,
    async (t) => ({ endpoint: await forbidding(t, (method, url) => method === "DELETE" && url.includes("uploadId")) }),
  ],
  [
    "has another clock",
    /its clock and that of/,
    async (t) => ({ endpoint: await answering(t, 403, "RequestTimeTooSkewed") }),
  ],
  [
    "has another region",
    /s3\.region$/,
    async (t) => ({ endpoint: await answering(t, 400, "AuthorizationHeaderMalformed") }),
  ],
  ["is full", /: it is full\.$/, async (t) => ({ endpoint: await answering(t, 507, "XMinioStorageFull") })],
  [
    "answers what nobody knows",
    /: it answers Strange, 418$/,
    async (t) => ({ endpoint: await answering(t, 418, "Strange") }),
  ],
  ["speaks no TLS", /http or https$/, async () => ({ endpoint: s3.endpoint.replace("http:", "https:") })],
];

for (const [what, words, options] of refusals) {
  test(`a store that ${what} is refused at the start, in words and without a secret`, async (t) => {
    const refused: unknown = await openS3Bodies({ ...placeIn(s3), ...(await options(t)) }).catch(
      (error: unknown) => error,
    );

    assert.ok(refused instanceof MeshServerError && refused.code === "bodies-unreachable" && refused.retry === "safe");
    assert.match(refused.message, words);
    assert.match(refused.message, /^s3:\/\/\w+\/\d+\/bodies\/ at https?:\/\/[\w.:]+: /);
    assert.doesNotMatch(inspect(refused, { depth: 9, showHidden: true }), /secret-|GK0123/);
  });
}

async function gone(t: TestContext): Promise<string> {
  const server = createSocketServer();
  const url = await listen(t, server);
  server.close();
  return url;
}

/** It takes connections, and never says a word. */
async function silent(t: TestContext): Promise<string> {
  return listen(
    t,
    createSocketServer((socket) => atEnd(t, () => socket.destroy())),
  );
}

test("the place of bodies is told as empty until a body is there", async (t) => {
  const options = placeIn(s3);
  const bodies = await openBodies(t, options);
  await s3.put(`${options.prefix}notes.txt`, Buffer.from("a stray object"));
  assert.equal((await openBodies(t, options)).wasEmpty, true);
  await bodies.receive(pieces(100), "A-1", { maxBytes: 100 });
  assert.equal((await openBodies(t, options)).wasEmpty, false);
  assert.ok(!(await s3.keys()).some((key) => key.includes(".probe.")), "what was put to see is gone");
});
