import { createHash, createPrivateKey, randomBytes } from "node:crypto";

/** A JKS keystore, as keytool writes it: see src/keystores/jks.ts. */
export function writeJks(
  password: string,
  keys: Readonly<Record<string, { key: string; cert: string }>>,
  trusted: Readonly<Record<string, string>> = {},
): Buffer {
  const secret = Buffer.from(password, "utf16le").swap16();
  const entries = [
    ...Object.entries(keys).map(([alias, { key, cert }]) => {
      const chain = cert.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? [];
      const hidden = sized(protect(key, secret));
      const certificates = Buffer.concat(chain.map(certificate));
      return [number(1), text(alias), Buffer.alloc(8), hidden, number(chain.length), certificates];
    }),
    ...Object.entries(trusted).map(([alias, cert]) => [number(2), text(alias), Buffer.alloc(8), certificate(cert)]),
  ];
  const body = Buffer.concat([number(0xfe_ed_fe_ed), number(2), number(entries.length), ...entries.flat()]);
  return Buffer.concat([body, sha1(secret, Buffer.from("Mighty Aphrodite"), body)]);
}

function protect(key: string, secret: Buffer): Buffer {
  const plain = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const salt = randomBytes(20);
  const hidden = Buffer.from(plain);
  let stream: Buffer = salt;
  for (let at = 0; at < plain.length; at += 1) {
    if (at % 20 === 0) stream = sha1(secret, stream);
    hidden[at] = plain[at]! ^ stream[at % 20]!;
  }
  const octets = der(0x04, Buffer.concat([salt, hidden, sha1(secret, plain)]));
  // SEQUENCE { SEQUENCE { 1.3.6.1.4.1.42.2.17.1.1, NULL }, OCTET STRING }
  return der(0x30, Buffer.concat([Buffer.from("300e060a2b060104012a021101010500", "hex"), octets]));
}

function der(tag: number, content: Buffer): Buffer {
  const length = Buffer.from([0x82, 0, 0]);
  length.writeUInt16BE(content.length, 1);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

const number = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length), bytes]);
const text = (value: string): Buffer => sized(Buffer.from(value)).subarray(2);
const certificate = (pem: string): Buffer =>
  Buffer.concat([text("X.509"), sized(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"))]);
const sha1 = (...parts: readonly Buffer[]): Buffer => createHash("sha1").update(Buffer.concat(parts)).digest();
