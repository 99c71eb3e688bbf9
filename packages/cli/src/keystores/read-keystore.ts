import { NotBer } from "./ber.ts";
import { JKS_MAGIC, readJks } from "./jks.ts";
import { damaged, type Keystore, KeystoreError, unsupported } from "./keystore.ts";
import { looksLikePkcs12, readPkcs12 } from "./pkcs12.ts";

/** Keystores with a secret key in them beside private ones. */
const JCEKS_MAGIC = 0xce_ce_ce_ce;
/** Far more than Java's own of all the world's authorities. */
const MOST_BYTES = 1_000_000;

/** Whether bytes are, by how they begin, a keystore: a text is not. */
export function isKeystore(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes);
  return [JKS_MAGIC, JCEKS_MAGIC].includes(magicOf(buffer)) || looksLikePkcs12(buffer);
}

/**
 * Reads a keystore, JKS or PKCS #12, whatever its file is called: programs, and people, name them alike.
 *
 * @throws KeystoreError
 */
export function readKeystore(bytes: Uint8Array, password: string): Keystore {
  const buffer = Buffer.from(bytes);
  if (buffer.length > MOST_BYTES) throw new KeystoreError("not-a-keystore", "is larger than any keystore is (1 MB)");
  if (magicOf(buffer) === JCEKS_MAGIC) throw unsupported("is a keystore of the kind JCEKS");
  try {
    if (magicOf(buffer) === JKS_MAGIC) return readJks(buffer, password);
    if (looksLikePkcs12(buffer)) return readPkcs12(buffer, password);
  } catch (error) {
    throw error instanceof NotBer ? damaged(error) : error;
  }
  throw new KeystoreError("not-a-keystore", "is no keystore: JKS (.jks) and PKCS #12 (.p12, .pfx) are read");
}

function magicOf(bytes: Buffer): number {
  return bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
}
