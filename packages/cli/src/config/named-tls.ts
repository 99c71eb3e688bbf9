// What the settings of a connection's TLS name, read: PEM files, PEM in environment variables, or a keystore. Whatever they
// are, those who connect are given a key, its certificate and whom to trust as PEM texts that any program would take.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Finding } from "@restante/settings";
import { type Keystore, KeystoreError, type KeystoreKey } from "../keystores/keystore.ts";
import { type PemBlock, pemBlocks } from "../keystores/pem-text.ts";
import { isKeystore, readKeystore } from "../keystores/read-keystore.ts";
import { Unreadable } from "./named-file.ts";

/** What a setting names: the bytes, and how it is spoken of. */
export interface NamedBytes {
  readonly bytes: Buffer;
  /** `FILE`, or `the environment variable`, whose name is not told: somebody may have put a secret in its place. */
  readonly name: string;
}

export interface TlsReader {
  /**
   * What a setting names; undefined if it is not there, or is nothing that names anything, which is told already. What is
   * `isPrivate` others of this machine must not be able to read. Throws Unreadable.
   */
  readonly bytes: (source: unknown, isPrivate: boolean) => NamedBytes | undefined;
  /** A password, by the name of its setting; undefined if it is not there, or could not be had, which is told already. */
  readonly password: (setting: string) => string | undefined;
  /** False: there are no settings for passwords, as of a server, and so neither for keystores. */
  readonly takesPasswords: boolean;
}

/** Why one setting cannot be used, and which: another may be to blame than that which was read. */
class Unfit extends Error {
  readonly setting: string;

  constructor(setting: string, words: string) {
    super(words);
    this.setting = setting;
  }
}

export interface TlsTexts {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** A keystore, and how it is spoken of. */
interface NamedKeystore extends Keystore {
  readonly name: string;
}

/** Reads all of it; what cannot be had is among the findings, each by the pointer of its setting. */
export function readTls(
  pointer: string,
  settings: Settings,
  reader: TlsReader,
): { readonly texts: Partial<TlsTexts>; readonly findings: Finding[] } {
  const findings: Finding[] = [];
  const attempt = <Read>(read: () => Read | undefined): Read | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const at = error.setting === "" ? pointer : `${pointer}/${error.setting}`;
      if (!findings.some((finding) => finding.pointer === at)) findings.push({ pointer: at, words: error.message });
      return undefined;
    }
  };
  const keystore = "keystore" in settings ? attempt(() => openKeystore(settings, reader)) : undefined;
  const own = keystore === undefined ? undefined : attempt(() => chosen(keystore, settings["alias"]));
  const key = own?.key ?? attempt(() => readKey(settings, reader));
  const cert = own?.cert ?? attempt(() => readCertificates("cert", settings, reader));
  const ca =
    "ca" in settings || keystore === undefined
      ? attempt(() => readTrusted(settings, reader))
      : attempt(() => trustedOf(keystore, "ca", `is missing: ${keystore.name} has no certificate that it trusts`));
  const texts = { ...(key && { key }), ...(cert && { cert: cert }), ...(ca && { ca }) };
  // Pages trust nobody by a certificate: theirs is for browsers, which have none.
  if (key === undefined || cert === undefined || ("ca" in settings && ca === undefined)) return { texts, findings };
  const fitting = attempt(() => fit({ key, cert, ...(ca !== undefined && { ca }) }));
  return { texts: fitting ?? texts, findings };
}

function named(setting: string, settings: Settings, { bytes }: TlsReader): NamedBytes | undefined {
  try {
    return bytes(settings[setting], setting === "key" || setting === "keystore");
  } catch (error) {
    if (error instanceof Unreadable) throw new Unfit(setting, error.message);
    throw error;
  }
}

function openKeystore(settings: Settings, reader: TlsReader): NamedKeystore | undefined {
  const store = named("keystore", settings, reader);
  const password = reader.password("keystorePassword");
  return store && password !== undefined ? opened(store, password, "keystore", "keystorePassword") : undefined;
}

function opened(
  { bytes, name }: NamedBytes,
  password: string,
  setting: string,
  passwordSetting: string,
): NamedKeystore {
  try {
    return { ...readKeystore(bytes, password), name };
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    if (error.code === "password-wrong") throw new Unfit(passwordSetting, `is not the password of ${name}`);
    throw new Unfit(setting, `names ${name}, which ${error.message}`);
  }
}

function chosen({ keys, name }: NamedKeystore, alias: unknown): KeystoreKey {
  const [first, ...others] = keys;
  if (first === undefined) {
    const words = `names ${name}, a keystore without a private key and its certificate: name the one with the client's own`;
    throw new Unfit("keystore", words);
  }
  const names = keys.map((key) => shownAlias(key.alias)).join(", ");
  if (typeof alias !== "string") {
    if (others.length === 0) return first;
    const remedy = "name the one that is meant, or export it alone (keytool -importkeystore -srcalias NAME)";
    throw new Unfit("alias", `is missing: ${name} has several keys (${names}): ${remedy}`);
  }
  // Java's have no case.
  const [named, ...namesakes] = keys.filter((key) => key.alias?.toLowerCase() === alias.toLowerCase());
  if (named === undefined) throw new Unfit("alias", `is of no key in ${name}; it has: ${names}`);
  if (namesakes.length > 0) throw new Unfit("alias", `is of several keys in ${name}: only one can be meant`);
  return named;
}

/** Whoever made the file may have put anything into it: what would steer a terminal, or make a line of its own, does not. */
function shownAlias(alias = "one without a name"): string {
  return alias.replaceAll(/\p{C}/gu, "?").slice(0, 100);
}

function trustedOf({ trusted }: Keystore, setting: string, words: string): string {
  if (trusted.length === 0) throw new Unfit(setting, words);
  return trusted.map(({ cert }) => cert).join("");
}

function readKey(settings: Settings, reader: TlsReader): string | undefined {
  const file = named("key", settings, reader);
  if (file === undefined) return undefined;
  const block = textBlocks("key", file, reader).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) throw new Unfit("key", `names ${file.name}, in which is no private key as PEM`);
  const passphrase = reader.password("keyPassword");
  if (block.isEncrypted && passphrase === undefined) {
    if (!reader.takesPasswords) throw new Unfit("key", `names ${file.name}, which is encrypted: it must not be`);
    if ("keyPassword" in settings) return undefined;
    throw new Unfit("keyPassword", `is missing: ${file.name} is encrypted`);
  }
  try {
    const key = createPrivateKey({ key: block.pem, ...(block.isEncrypted && { passphrase }) });
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch (error) {
    // The error's own words stay out, as they may hold a part of the key.
    throw unreadableKey(file.name, block.isEncrypted, (error as NodeJS.ErrnoException).code);
  }
}

function unreadableKey(name: string, isEncrypted: boolean, code: string | undefined): Unfit {
  if (!isEncrypted) return new Unfit("key", `names ${name}, whose private key is damaged`);
  if (code?.includes("UNSUPPORTED") === true) {
    return new Unfit(
      "key",
      `names ${name}, which is encrypted in a way that OpenSSL 3 does not read any more, or with another password: write it anew with openssl pkcs8 -topk8 -v2 aes256 -in OLD -out NEW`,
    );
  }
  return new Unfit("keyPassword", `is not the password of ${name}`);
}

/** As PEM, the whole chain. */
function readCertificates(setting: "cert", settings: Settings, reader: TlsReader): string | undefined {
  const file = named(setting, settings, reader);
  return file && certificatesIn(setting, file, reader);
}

function certificatesIn(setting: "cert" | "ca", file: NamedBytes, reader: TlsReader): string {
  const blocks = textBlocks(setting, file, reader).filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (blocks.length === 0) throw new Unfit(setting, `names ${file.name}, in which is no certificate as PEM`);
  for (const [index, { pem }] of blocks.entries()) {
    if (certificateOf(pem) === undefined) {
      throw new Unfit(setting, `names ${file.name}, of which certificate ${index + 1} is damaged`);
    }
  }
  return blocks.map(({ pem }) => pem).join("");
}

/** Whom to trust: certificates, or a keystore of such. */
function readTrusted(settings: Settings, reader: TlsReader): string | undefined {
  const file = named("ca", settings, reader);
  if (file === undefined) return undefined;
  if (!isKeystore(file.bytes) || !reader.takesPasswords) return certificatesIn("ca", file, reader);
  const password = reader.password("caPassword");
  if (password === undefined) {
    if ("caPassword" in settings) return undefined;
    throw new Unfit("caPassword", `is missing: ${file.name} is a keystore`);
  }
  const keystore = opened(file, password, "ca", "caPassword");
  return trustedOf(keystore, "ca", `names ${file.name}, a keystore without a certificate that it trusts`);
}

function textBlocks(setting: string, { bytes, name }: NamedBytes, { takesPasswords }: TlsReader): PemBlock[] {
  if (isKeystore(bytes)) {
    const remedy = takesPasswords ? "name it as keystore, in the place of key and cert" : "PEM is needed";
    throw new Unfit(setting, `names ${name}, which is a keystore: ${remedy}`);
  }
  // What of it is PEM has only characters of ASCII.
  return pemBlocks(bytes.toString("latin1"));
}

/** That a key is not its certificate's would be told by the first connection, of which nobody would know why. */
function fit({ key, cert, ...trusted }: Omit<TlsTexts, "ca"> & Partial<TlsTexts>): Partial<TlsTexts> {
  const chain = pemBlocks(cert).map(({ pem }) => pem);
  const privateKey = createPrivateKey(key);
  const own = chain.find((pem) => certificateOf(pem)?.checkPrivateKey(privateKey) === true);
  if (own === undefined) throw new Unfit("", "cannot be used: the key is not the certificate's");
  // Whoever makes a file of a chain may put the root first; it is sent with the key's own before the others.
  const ordered = { key, cert: [own, ...chain.filter((pem) => pem !== own)].join(""), ...trusted };
  try {
    createSecureContext(ordered);
    return ordered;
  } catch {
    throw new Unfit("", "cannot be used: OpenSSL refuses the key or a certificate, as one too short is");
  }
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
