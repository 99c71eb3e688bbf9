import { type Needed, object, optional, text } from "@restante/settings";
import { secret, type SecretSource, variableFormat } from "./secret.ts";

/**
 * A client's side of mutual TLS: a key and its certificate, or a keystore that has both, and whom to trust. Whichever it is,
 * those who connect ask for the PEM texts at `key`, `cert` and `ca` (named-tls.ts).
 */
export interface ClientTlsSettings {
  key?: PemSource;
  keyPassword?: SecretSource;
  cert?: PemSource;
  keystore?: string;
  keystorePassword?: SecretSource;
  alias?: string;
  ca?: PemSource;
  caPassword?: SecretSource;
}

/** A file by its path, or an environment variable that holds what would be in it. */
export type PemSource = string | { env: string };

export const clientTls = (description: string): Needed<ClientTlsSettings> =>
  object<ClientTlsSettings>(
    {
      key: optional(
        pem("The private key as PEM, in a file that nobody but its owner may open. Absent: keystore has it."),
      ),
      keyPassword: optional(secret("The password of a key that is encrypted. Absent: it is not.")),
      cert: optional(pem("The certificate as PEM, with intermediate ones if there are any. Absent: keystore has it.")),
      keystore: optional(
        text({
          description:
            "A keystore, JKS or PKCS #12 (.jks, .p12, .pfx), in the place of key and cert; nobody but its owner may open it. Absent: they are named.",
        }),
      ),
      keystorePassword: optional(secret("The keystore's password. Absent: there is none.")),
      alias: optional(
        text({ description: "Which key of the keystore, by its name there. Absent: the only one that it has." }),
      ),
      ca: optional(
        pem(
          "Who issues the MESH server's certificate, as PEM, or a keystore of such. Absent: the certificates that the keystore trusts.",
        ),
      ),
      caPassword: optional(secret("The password of a keystore that is named as ca. Absent: it is PEM.")),
    },
    {
      description,
      oneOf: [{ required: ["key"] }, { required: ["keystore"] }],
      dependentRequired: {
        key: ["cert", "ca"],
        cert: ["key"],
        keyPassword: ["key"],
        keystore: ["keystorePassword"],
        keystorePassword: ["keystore"],
        alias: ["keystore"],
        caPassword: ["ca"],
      },
    },
  );

/** Of the settings of a part: what of its TLS are paths. */
export const clientTlsPaths = (at: string): string[] =>
  ["key", "cert", "keystore", "ca"].map((name) => `${at}/${name}`);

/** And what are secrets. */
export const clientTlsSecrets = (at: string): string[] =>
  ["keyPassword", "keystorePassword", "caPassword"].map((name) => `${at}/${name}`);

function pem(description: string): Needed<PemSource> {
  const { json, formats } = text({ description: "The environment variable that holds it.", format: variableFormat });
  return {
    json: {
      type: ["string", "object"],
      description,
      errorMessage: "must be the path of a file, or { env: NAME } for an environment variable that holds it",
      pattern: "\\S",
      required: ["env"],
      additionalProperties: false,
      properties: { env: json },
    },
    formats,
    rules: [],
  };
}
