// A PostgreSQL that cannot be used is told as what it is when a node starts.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";

import { localHosts } from "@restante/authority";
import {
  expiredCertificate,
  ownedByPostgres,
  type Postgres,
  startPostgres,
  strangeAuthority,
  temporaryFolder,
  testAuthority,
} from "@restante/testbed";

import { MeshServerError } from "../../src/errors.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { connect, openNode, skip } from "./postgres-stores.ts";
import { acceptance, newMessage } from "./samples.ts";

interface Reached {
  postgres: Postgres;
  /** Of the user `app`, with its password. */
  urlOf: (host?: string, database?: string) => URL;
}

const folder = await temporaryFolder({ after: (end: () => unknown) => after(() => end()) });

async function writeOwned(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  await ownedByPostgres(file);
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** It takes users with a password, by TLS alone. */
async function start(t: TestContext, certificate: { cert: string; key: string }): Promise<Reached> {
  await ownedByPostgres(folder);
  const port = await freePort();
  const rules = ["local all restante trust", "hostssl all app all scram-sha-256"];
  const postgres = await startPostgres(t, {
    settings: {
      listen_addresses: "127.0.0.1",
      port: String(port),
      ssl: "on",
      ssl_cert_file: await writeOwned("server.crt", certificate.cert),
      ssl_key_file: await writeOwned("server.key", certificate.key),
      hba_file: await writeOwned("pg_hba.conf", `${rules.join("\n")}\n`),
    },
  });
  await postgres.ask("CREATE ROLE app LOGIN PASSWORD 'secret'");
  await postgres.ask("CREATE DATABASE app OWNER app");
  const ca = await writeOwned("ca.crt", (await testAuthority()).caPem);
  return {
    postgres,
    urlOf(host = "localhost", database = "app") {
      const url = new URL(`postgres://app:secret@${host}:${port}/${database}`);
      url.searchParams.set("sslmode", "verify-full");
      url.searchParams.set("sslrootcert", ca);
      return url;
    },
  };
}

async function serverCertificate(hosts: readonly string[]): Promise<{ cert: string; key: string }> {
  return await (await testAuthority()).issue({ commonName: hosts[0]!, hosts, kind: "server" });
}

async function refusal(url: URL | string): Promise<string> {
  let error: unknown;
  try {
    await using _store = await openPostgresStore({ url: String(url), node: "one" });
  } catch (failed) {
    error = failed;
  }
  assert.ok(error instanceof MeshServerError, String(error));
  assert.equal(error.code, "store-unreachable");
  assert.doesNotMatch(error.message, /secret|app/);
  return error.message.replace("The PostgreSQL of the setting store cannot be used: ", "");
}

test(
  "by TLS with a certificate that is checked a node works, by name and by address; what is wrong is told by its own words",
  { skip },
  async (t) => {
    const { postgres, urlOf } = await start(t, await serverCertificate(localHosts));
    for (const host of ["localhost", "127.0.0.1"]) {
      const store = await openNode(t, urlOf(host).href);
      assert.equal(await store.accept(acceptance(newMessage())), "done");
    }

    const wrong = urlOf();
    wrong.password = "wrong";
    assert.equal(await refusal(wrong), "it refuses the password of this user.");
    wrong.password = "";
    assert.equal(await refusal(wrong), "it asks for a password, and storePassword is absent.");
    const plain = urlOf();
    plain.searchParams.set("sslmode", "disable");
    assert.match(
      await refusal(plain),
      /^it lets this user not in from here, or not to this database, or not without TLS/,
    );
    assert.equal(await refusal(urlOf("localhost", "other")), "there is no database of this name.");
    const strange = urlOf();
    strange.searchParams.set("sslrootcert", await writeOwned("strange.crt", (await strangeAuthority()).caPem));
    assert.equal(await refusal(strange), "its certificate is not one that sslrootcert vouches for.");
    strange.searchParams.delete("sslrootcert");
    assert.equal(
      await refusal(strange),
      "sslrootcert is absent, and this machine does not trust the issuer of its certificate.",
    );
    strange.searchParams.set("sslrootcert", join(folder, "none.crt"));
    assert.equal(await refusal(strange), "the file of sslrootcert cannot be read (ENOENT).");
    await postgres.ask("CREATE DATABASE others");
    await postgres.ask("REVOKE CREATE ON DATABASE others FROM app");
    assert.match(await refusal(urlOf("localhost", "others")), /^this user may not make tables/);
    const reading = urlOf();
    reading.searchParams.set("options", "-c default_transaction_read_only=on");
    assert.equal(await refusal(reading), "it only reads: it is a standby, or default_transaction_read_only is on.");

    await postgres.stop();
    assert.equal(await refusal(urlOf()), "nothing listens there.");
    assert.equal(
      await refusal(`postgres://app@localhost/app?host=${encodeURIComponent(folder)}`),
      "nothing listens there.",
    );
  },
);

test("a certificate for another host, or one that has expired, is refused as that", { skip }, async (t) => {
  const other = await start(t, await serverCertificate(["db.example"]));
  assert.equal(await refusal(other.urlOf()), "its certificate is for another host than the one in the URL.");
  await other.postgres.stop();
  const expired = await start(t, await expiredCertificate());
  assert.equal(await refusal(expired.urlOf()), "its certificate has expired.");
});

test("a PostgreSQL that is too old is refused as that, one that offers no TLS too", { skip }, async (t) => {
  const postgres = await startPostgres(t, { settings: {} });
  const url = await postgres.createDatabase();
  const name = new URL(url).pathname.slice(1);
  // As one would say it.
  await postgres.ask(`ALTER DATABASE ${name} SET search_path = public, pg_catalog`);
  const client = await connect(t, url);
  await client.query("CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT '130011' $$");
  assert.equal(await refusal(url), "it is PostgreSQL 13, and 14 is the oldest that will do.");
  assert.equal(await refusal(`${await postgres.createDatabase()}&sslmode=verify-full`), "it offers no TLS.");
});
