// What clients and operators meet, once more, of a server that keeps its rows in PostgreSQL and its bodies in S3.

import { randomUUID } from "node:crypto";
import { after, test } from "node:test";

import { bodiesUnder, keepShared, postgresMissing, startPostgres, startS3 } from "@restante/testbed";

if (postgresMissing === undefined) {
  const file = { after: (end: () => unknown) => after(() => end()) };
  const [postgres, s3] = await Promise.all([startPostgres(file), startS3(file)]);
  const { endpoint, bucket, accessKeyId, secretAccessKey } = s3;

  keepShared(async () => {
    const prefix = `${randomUUID()}/`;
    return {
      settings: {
        store: await postgres.createDatabase(),
        bodies: `s3://${bucket}/${prefix}`,
        s3: { endpoint, accessKeyId, secretAccessKey },
      },
      bodies: bodiesUnder(prefix, s3),
    };
  });

  for (const suite of [
    "http/chunks",
    "http/closed-and-full",
    "http/damaged-body",
    "http/download",
    "http/gzip",
    "http/handshake",
    "http/headers",
    "http/health",
    "http/inbox",
    "http/lookup",
    "http/mailbox-limits",
    "http/operator-in-lists",
    "http/outbox",
    "http/rich",
    "http/shapes",
    "http/tracking",
    "expiry",
    "operator",
    "routing",
  ]) {
    await import(`./${suite}.test.ts`);
  }
} else {
  test("a server on PostgreSQL and S3", { skip: postgresMissing }, () => undefined);
}
