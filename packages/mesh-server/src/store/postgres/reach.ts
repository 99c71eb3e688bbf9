// Why no store can be opened on a PostgreSQL, in words for whoever set it up. What PostgreSQL says itself may name users and tables:
// that goes into the cause.

import { DatabaseError } from "pg";

import { MeshServerError } from "../../errors.ts";
import { asStoreError, CommitUnknown, ConnectionLost, type Database } from "./database.ts";

const OLDEST = 14;

const refusals: Readonly<Record<string, string>> = {
  "28P01": "it refuses the password of this user",
  "28000":
    "it lets this user not in from here, or not to this database, or not without TLS: its pg_hba.conf says who may come from where",
  "25006": "it only reads: it is a standby, or default_transaction_read_only is on",
  "3D000": "there is no database of this name",
  "42501": "this user may not make tables in the database: it should own it",
  "53300": "it has no connection left",
  "57P03": "it is starting or ending",
};

const COMMIT_UNKNOWN =
  "it did not say that a commit has ended: it may wait for a synchronous standby that is gone (synchronous_standby_names)";

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOENT: "nothing listens there",
  ENOTFOUND: "no machine of this name is known",
  EAI_AGAIN: "no machine of this name is known now",
  EHOSTUNREACH: "the network does not lead there",
  ENETUNREACH: "the network does not lead there",
  EACCES: "this user may not use its socket",
  ETIMEDOUT: "it does not answer",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host than the one in the URL",
};

/** @throws {MeshServerError} `store-unreachable` if it is older than is supported */
export async function refuseOld(database: Database): Promise<void> {
  const [row] = await database.ask("SELECT current_setting('server_version_num') AS version");
  const version = Math.floor(Number(row?.["version"]) / 10_000);
  if (version < OLDEST) throw unreachable(`it is PostgreSQL ${version}, and ${OLDEST} is the oldest that will do`);
}

/**
 * Of an error at the start, and, without the URL, what a node tells of one later. Who asks it then is told `store-busy`: PostgreSQL may
 * come back.
 */
export function asOpenError(error: unknown, url?: string): Error {
  const isUnknown = error instanceof MeshServerError && error.code === "commit-unknown";
  if (isUnknown || error instanceof CommitUnknown) return unreachable(COMMIT_UNKNOWN, error);
  const cause = error instanceof ConnectionLost ? error.cause : error;
  const code = String((cause as { code?: unknown } | undefined)?.code);
  if (cause instanceof DatabaseError) {
    const words = refusals[code];
    return words === undefined ? asStoreError(error) : unreachable(words, cause);
  }
  if (!(error instanceof ConnectionLost)) return asStoreError(error);
  const { syscall, message } = cause as { syscall?: string; message?: string };
  if (syscall === "open") return unreachable(`the file of sslrootcert cannot be read (${code})`, cause);
  if (message === "The server does not support SSL connections") return unreachable("it offers no TLS", cause);
  if (message === "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string") {
    return unreachable("it asks for a password, and storePassword is absent", cause);
  }
  const isTls = /CERT|SIGNATURE|^ERR_(?:TLS|SSL)/.test(code);
  return unreachable(failures[code] ?? (isTls ? strangeTo(url) : "it does not answer"), cause);
}

function strangeTo(url: string | undefined): string {
  if (url === undefined) return "its certificate is trusted no more";
  return url.includes("sslrootcert=")
    ? "its certificate is not one that sslrootcert vouches for"
    : "sslrootcert is absent, and this machine does not trust the issuer of its certificate";
}

function unreachable(words: string, cause?: unknown): MeshServerError {
  return new MeshServerError("store-unreachable", `The PostgreSQL of the setting store cannot be used: ${words}.`, {
    retry: "safe",
    cause,
  });
}
