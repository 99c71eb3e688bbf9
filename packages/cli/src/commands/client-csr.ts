import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { clientCommonName, createCertificateRequest } from "@restante/authority";
import { exists, makeFolder, systemReason, writeNew, writeWhole } from "@restante/durable";
import { CodedError, parseMailboxId, parseOdsCode } from "@restante/mesh";
import type { Given } from "../command-line/tree.ts";
import { CliError } from "../errors.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** RFC 5280, appendix A.1: no common name is longer. */
const LONGEST_NAME = 64;

export async function csr({ options, words }: Given<{ readonly into: string }>, terminal: Terminal): Promise<number> {
  const [mailbox = "", code = ""] = words;
  const commonName = commonNameOf(mailbox, code);
  if (commonName.length > LONGEST_NAME) {
    throw new CliError("usage", `${commonName} is longer than the ${LONGEST_NAME} characters of a common name`);
  }
  const folder = options.into;
  const [key, request] = [join(folder, `${commonName}.key`), join(folder, `${commonName}.csr`)];
  // Before a key is made, which takes its time; that there is none is seen to again when it is written.
  if (await exists(key)) throw await keyExists(key, request);
  const made = await createCertificateRequest(commonName);
  try {
    if (!(await exists(folder))) await makeFolder(folder);
    await writeNew(key, made.key, 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw await keyExists(key, request, cause);
    throw unwritable(folder, cause);
  }
  try {
    // Its folder is synced with it: the key has its name by then too.
    await writeWhole(folder, `${commonName}.csr`, made.request, 0o644);
  } catch (cause) {
    // Nobody has seen it, and it would keep the command from being given again.
    await rm(key, { force: true });
    throw unwritable(folder, cause);
  }
  terminal.print(`${key}\n${request}\n`);
  terminal.print(next(commonName, { key, request }));
  return 0;
}

function commonNameOf(mailbox: string, code: string): string {
  try {
    return clientCommonName(parseMailboxId(mailbox), parseOdsCode(code));
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError("usage", cause.message, { cause });
  }
}

async function keyExists(key: string, request: string, cause?: unknown): Promise<CliError> {
  const why = (await exists(request))
    ? "a certificate may have been asked for with it. Name another folder with --into"
    : "no request lies beside it. Remove it if it was never used, or name another folder with --into";
  return new CliError("key-exists", `${key} is there already, and is not overwritten: ${why}`, { cause });
}

function unwritable(folder: string, cause: unknown): CliError {
  return new CliError("folder-unusable", `cannot write into ${folder}: ${systemReason(cause, "folder")}`, { cause });
}

/** As the description of the MESH API has it (Get a TLS certificate). */
function next(commonName: string, { key, request }: { readonly key: string; readonly request: string }): string {
  const certificate = key.replace(/\.key$/, ".crt");
  return [
    "What to do next:",
    `1. Send ${quoted(request)} to the NHS, and never the key. Say the common name in the e-mail: ${commonName}`,
    "   Integration: itoc.supportdesk@nhs.net. Production: ssd.nationalservicedesk@nhs.net, with the conformance certificate.",
    `2. Save the certificate that comes back as ${quoted(certificate)}, and the NHS's root and sub CA in one file, ca.crt.`,
    "3. Name them in the settings of the client, and start it anew:",
    "",
    "   tls:",
    `     key: ${JSON.stringify(resolve(key))}`,
    `     cert: ${JSON.stringify(resolve(certificate))}`,
    "     ca: ca.crt",
  ].join("\n");
}
