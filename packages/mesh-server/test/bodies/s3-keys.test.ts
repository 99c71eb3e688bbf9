import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";

import { startS3, temporaryFolder, waitFor } from "@restante/testbed";

import { openS3Bodies } from "../../src/bodies/s3.ts";
import { hasCode, pieces } from "./contract.ts";
import { impatient, openBodies, passingOn, type PlacedOptions, placeIn } from "./s3-places.ts";

const s3 = await startS3({ after: (end: () => unknown) => after(() => end()) });

/** Where the SDK is to find keys, and a place for whose settings there are none. */
async function withoutKeys(t: TestContext): Promise<{ file: string; options: Omit<PlacedOptions, "accessKeyId"> }> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "credentials");
  Object.assign(process.env, {
    AWS_PROFILE: "test",
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_EC2_METADATA_DISABLED: "true",
  });
  const { accessKeyId: _, secretAccessKey: __, ...options } = placeIn(s3);
  return { file, options };
}

test("where nothing gives access keys the start is refused, and says so", async (t) => {
  const { file, options } = await withoutKeys(t);
  await writeFile(file, "");

  const refused = openS3Bodies({ ...options, patience: impatient });

  await assert.rejects(refused, hasCode("bodies-unreachable"));
  await assert.rejects(
    refused,
    /: the access keys could not be had \(nothing gives any\): set them in s3, or look at /,
  );
});

test(
  "a program that is to give the access keys and does not end is waited for no longer than a request may take",
  { skip: process.platform === "win32" ? "needs a named pipe" : false },
  async (t) => {
    const { file, options } = await withoutKeys(t);
    const pipe = `${file}.pipe`;
    execFileSync("mkfifo", [pipe]);
    await writeFile(file, `[test]\ncredential_process = cat ${pipe}\n`);

    await assert.rejects(openS3Bodies({ ...options, patience: impatient }), /could not be had \(no answer\)/);

    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = s3;
    await writeFile(pipe, JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey }));
  },
);

test("keys that a store takes no longer are looked for anew, where a file has others by then", async (t) => {
  const { file, options } = await withoutKeys(t);
  const give = async (token: string): Promise<void> =>
    writeFile(
      file,
      `[test]\naws_access_key_id=${s3.accessKeyId}\naws_secret_access_key=${s3.secretAccessKey}\naws_session_token=${token}\n`,
    );
  let taken = "one";
  const endpoint = await passingOn(t, s3, {
    answer: ({ headers }) =>
      headers["x-amz-security-token"] === taken ? undefined : [400, "<Error><Code>ExpiredToken</Code></Error>"],
  });
  await give("one");
  const bodies = await openBodies(t, { ...options, endpoint });
  const receive = async (): Promise<unknown> => bodies.receive(pieces(100), "A-1", { maxBytes: 100 });
  await receive();

  taken = "two";
  await assert.rejects(receive(), /: the keys have expired$/);
  await give("two");
  await waitFor(() => bodies.told.at(-1) === "works", { what: "the end of the trouble" });
  await receive();
});
