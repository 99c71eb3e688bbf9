import {
  createHmac,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import { promisify } from "node:util";
import type { IssuerFaults } from "./faults.ts";

/** What ID tokens are signed by (RS256, which every client knows). */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

export async function makeKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return { id: randomUUID(), privateKey };
}

/** As it is published (RFC 7517). */
export function publicKeyOf({ id, privateKey }: SigningKey): JsonWebKey {
  return { ...createPublicKey(privateKey).export({ format: "jwk" }), kid: id, alg: "RS256", use: "sig" };
}

/** A JSON Web Token (RFC 7519) of these claims. */
export function writeToken(
  claims: object,
  key: SigningKey,
  { signature, clientSecret }: { signature?: IssuerFaults["signature"]; clientSecret: string },
): string {
  const alg = signature === "none" ? "none" : signature === "client-secret" ? "HS256" : "RS256";
  const signed = `${encoded({ alg, kid: key.id, typ: "JWT" })}.${encoded(claims)}`;
  if (signature === "none") return `${signed}.`;
  const bytes =
    signature === "client-secret"
      ? createHmac("sha256", clientSecret).update(signed).digest()
      : sign("sha256", Buffer.from(signed), key.privateKey);
  const said = signature === "changed" ? `${signed.split(".")[0]}.${encoded({ ...claims, name: "Another" })}` : signed;
  return `${said}.${bytes.toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
