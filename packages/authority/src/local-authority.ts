// A certificate authority for one machine, so that the two ends of a connection know each other as in MESH proper.
//
// The folder (0700) holds `ca.crt` and `ca.key`, and `<kind>-<common name>.crt` and `.key` for each certificate issued; keys
// are 0600. Everything is made once and read again afterwards; one process at a time makes (`issuing.lock`). A key is on
// disk before its certificate is; a pair that a crash left half made, or whose halves do not fit, is made anew. The
// authority's own is not: whoever trusts it would have to trust another.

import { join, resolve } from "node:path";

import { holdFolder, makeFolder } from "@restante/durable";
import { type Clock, systemClock } from "@restante/mesh";

import type { CertificateRequest, IssuedCertificate } from "./certificate.ts";
import { LocalAuthorityError } from "./errors.ts";
import { makeAuthority, sign, type Signer, signerOf } from "./sign.ts";
import { stillGood } from "./still-good.ts";
import { readPair, writePair } from "./stored-pair.ts";

/** How long another process may take to make one, in milliseconds. */
const ISSUING_WAIT_MS = 60_000;

export interface LocalAuthorityOptions {
  /** What certificates are dated by. */
  clock?: Clock;
  /** False: it must be there already, for whoever trusts it would not trust another. True if absent. */
  mayMake?: boolean;
  /** How a new one is made by whoever may, told where it is missing: "with --new-authority". */
  howToMake?: string;
}

/** Issues certificates that are trusted by whoever trusts `caPem`, and by nobody else. */
export interface LocalAuthority {
  /** The certificate that the other end must trust, PEM. Valid for ten years from when the authority was made. */
  readonly caPem: string;
  /**
   * The certificate of this kind and name: the one on disk where it still says the same and has more than 30 days left, else
   * a new one (EC P-256), valid from an hour before now for 397 days, and on disk when this resolves. Nothing watches over
   * its end: ask again at each start. There is no revocation.
   *
   * @throws {LocalAuthorityError} `common-name-invalid`
   * @throws {DurableError} `not-private`: others could read its key; `held`: others have been at it for a minute;
   *   else what keeps it from being written
   */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

/**
 * Opens the authority in this folder, and makes both the first time, for their owner alone.
 *
 * @throws {LocalAuthorityError} `authority-unreadable`: its files are not a certificate and the key to it;
 *   `authority-lost`: one of them is missing, and none may be made
 * @throws {DurableError} `not-private`: others could read a key
 * @example
 * const authority = await createLocalAuthority("authority");
 * const server = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
 * const client = await authority.issue({ commonName: clientCommonName("X26HC005", "X26"), kind: "client" });
 * // Each end is given its own certificate and key, and trusts the other by `ca`.
 * connect({ ...client, ca: authority.caPem, host: "localhost", port: 8700 });
 */
export async function createLocalAuthority(
  folder: string,
  { clock = systemClock, mayMake = true, howToMake }: LocalAuthorityOptions = {},
): Promise<LocalAuthority> {
  await makeFolder(folder);
  const found = await readPair(folder, "ca");
  if (found === undefined && !mayMake) throw lost(folder, howToMake);
  const stored = found ?? (await oneAtATime(resolve(folder), makeOwn));
  const signer = await readSigner(stored, folder);
  const caPem = stored.cert;

  async function issue(request: CertificateRequest): Promise<IssuedCertificate> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(request.commonName)) {
      throw new LocalAuthorityError(
        "common-name-invalid",
        "A common name holds 1 to 64 letters, digits, '.', '_', '-'.",
      );
    }
    const fileName = `${request.kind}-${request.commonName}`;
    return (await readGood(fileName, request)) ?? oneAtATime(resolve(folder), () => make(fileName, request));
  }

  async function readGood(fileName: string, request: CertificateRequest): Promise<IssuedCertificate | undefined> {
    const kept = await readPair(folder, fileName);
    return kept !== undefined && stillGood(kept, request, caPem, clock.now()) ? kept : undefined;
  }

  /** As of `make`: whoever came second would trust a certificate that is no longer there. */
  async function makeOwn(): Promise<IssuedCertificate> {
    using _held = holdFolder(folder, "issuing", { waitMs: ISSUING_WAIT_MS });
    const made = await readPair(folder, "ca");
    return made ?? (await writePair(folder, "ca", await makeAuthority(clock.now())));
  }

  /** Two at once would mix their keys and certificates on disk, also those of two processes. */
  async function make(fileName: string, request: CertificateRequest): Promise<IssuedCertificate> {
    using _held = holdFolder(folder, "issuing", { waitMs: ISSUING_WAIT_MS });
    const made = await readGood(fileName, request);
    return made ?? (await writePair(folder, fileName, await sign(signer, request, clock.now())));
  }

  return { caPem, issue };
}

/** What is being made last in each folder. To wait for another process stops this one, which must not wait for itself. */
const last = new Map<string, Promise<unknown>>();

function oneAtATime<Made>(folder: string, make: () => Promise<Made>): Promise<Made> {
  const making = (last.get(folder) ?? Promise.resolve()).then(make);
  const over = making.then(
    () => undefined,
    () => undefined,
  );
  last.set(folder, over);
  void over.then(() => last.get(folder) === over && last.delete(folder));
  return making;
}

function lost(folder: string, howToMake: string | undefined): LocalAuthorityError {
  const remedy = "put both back from a backup, or make a new authority, which clients of your own must then trust";
  return new LocalAuthorityError(
    "authority-lost",
    `${join(folder, "ca.key")} or ca.crt beside it is missing: ${remedy}${howToMake === undefined ? "" : `, ${howToMake}`}`,
  );
}

async function readSigner(stored: IssuedCertificate, folder: string): Promise<Signer> {
  try {
    return await signerOf(stored);
  } catch (cause) {
    throw new LocalAuthorityError(
      "authority-unreadable",
      `${join(folder, "ca.crt")} and ca.key are not a certificate and its key: put both back from a backup`,
      { cause },
    );
  }
}
