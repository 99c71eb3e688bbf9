// An S3 store as a process of its own: fauxqs, which keeps what it has in a folder, behind a door that does what fauxqs leaves
// out (decision 315): it looks at who signed a request and what the body was said to be, and lists uploads that have not ended.

import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { DatabaseSync } from "node:sqlite";

import { startFauxqs } from "fauxqs";

/** What the process is told, as its only argument. */
export interface S3Settings {
  folder: string;
  bucket: string;
  /** 0: any that is free. */
  port: number;
  accessKeyId: string;
  secretAccessKey: string;
}

/** What it says once it listens. */
export interface S3Ports {
  port: number;
  /** Where nothing is looked at, for tests that change what the store has. */
  inside: number;
}

const settings = JSON.parse(process.argv[2] ?? "") as S3Settings;
const fauxqs = await startFauxqs({
  port: 0,
  logger: false,
  dataDir: settings.folder,
  init: { buckets: [settings.bucket] },
});
const kept = new DatabaseSync(join(settings.folder, "fauxqs.db"), { readOnly: true });
const door = await listen(settings.port, refusal);
const inside = await listen(0, () => undefined);
process.send?.({ port: door, inside } satisfies S3Ports);
// Its test is gone.
process.once("disconnect", () => process.exit());

async function listen(port: number, refuse: typeof refusal): Promise<number> {
  const server = createServer((asked, answer) => void handle(asked, answer, refuse).catch(() => answer.destroy()));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function handle(asked: IncomingMessage, answer: ServerResponse, refuse: typeof refusal): Promise<void> {
  const body = await buffer(asked);
  const refused = refuse(asked, body);
  const url = new URL(asked.url ?? "", "http://s3");
  if (refused !== undefined) {
    answer.writeHead(403, { "content-type": "application/xml" }).end(`<Error><Code>${refused}</Code></Error>`);
  } else if (asked.method === "GET" && url.searchParams.has("uploads")) {
    answer.writeHead(200, { "content-type": "application/xml" }).end(listUploads(url));
  } else {
    const { method, headers } = asked;
    const passed = request({ port: fauxqs.port, method, path: asked.url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(answer);
    });
    passed.once("error", () => answer.destroy());
    answer.once("close", () => passed.destroy());
    passed.end(body);
  }
}

/** AWS Signature Version 4, as far as it is in a header: the code with which S3 refuses it. */
function refusal({ method, url, headers }: IncomingMessage, body: Buffer): string | undefined {
  const signed = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), ?SignedHeaders=(\S+), ?Signature=(\w+)$/.exec(
    headers.authorization ?? "",
  );
  if (signed === null) return "AccessDenied";
  const [, keyId, scope = "", names = "", signature] = signed;
  if (keyId !== settings.accessKeyId) return "InvalidAccessKeyId";
  const { pathname, searchParams } = new URL(url ?? "", "http://s3");
  const payload = String(headers["x-amz-content-sha256"]);
  const query = [...searchParams]
    .map((pair) => pair.map(encode).join("="))
    .toSorted()
    .join("&");
  const lines = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, pathname, query, lines.join(""), names, payload].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  let key: string | Buffer = `AWS4${settings.secretAccessKey}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  if (createHmac("sha256", key).update(toSign).digest("hex") !== signature) return "SignatureDoesNotMatch";
  return payload === sha256(body) ? undefined : "XAmzContentSHA256Mismatch";
}

/** By pages of as many as are asked for, as S3 has them: by key, then by upload. */
function listUploads({ searchParams, pathname }: URL): string {
  const [prefix, most, key, id] = ["prefix", "max-uploads", "key-marker", "upload-id-marker"].map(
    (name) => searchParams.get(name) ?? "",
  ) as [string, string, string, string];
  const rows = kept
    .prepare("SELECT key, upload_id, initiated FROM s3_multipart_uploads WHERE bucket = ? ORDER BY key, upload_id")
    .all(pathname.split("/")[1] ?? "") as { key: string; upload_id: string; initiated: string }[];
  const behind = rows.filter(
    (row) => row.key.startsWith(prefix) && (row.key > key || (row.key === key && row.upload_id > id)),
  );
  const page = behind.slice(0, Number(most || 1000));
  const last = page.at(-1);
  const next = `<NextKeyMarker>${last?.key ?? ""}</NextKeyMarker><NextUploadIdMarker>${last?.upload_id ?? ""}</NextUploadIdMarker>`;
  const uploads = page.map(
    (row) =>
      `<Upload><Key>${row.key}</Key><UploadId>${row.upload_id}</UploadId><Initiated>${row.initiated}</Initiated></Upload>`,
  );
  const isTruncated = `<IsTruncated>${page.length < behind.length}</IsTruncated>`;
  return `<ListMultipartUploadsResult>${isTruncated}${next}${uploads.join("")}</ListMultipartUploadsResult>`;
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** As RFC 3986 has it, which signatures follow. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
