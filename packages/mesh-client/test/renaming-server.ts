import { once } from "node:events";
import { createServer, request as httpsRequest } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { buffer } from "node:stream/consumers";
import { encodeHeaderText } from "@restante/mesh";
import { clientCertificate, type ReachableServer } from "@restante/testbed";
import { localHosts } from "@restante/authority";

/** The real server under other message ids: what it calls one way is called another by everybody who asks here. */
export interface RenamingServer extends ReachableServer {
  /** The paths that were asked for, as they were written. */
  readonly paths: readonly string[];
  /** The id by which the real server knows a message. */
  readonly realId: (id: string) => string;
}

const realIds = /\d{20}_[0-9A-F]{6}/g;

/** Each id that the real server makes becomes the next of `ids`; when they are used up, it stays. */
export async function startRenamingServer(
  t: Pick<TestContext, "after">,
  server: ReachableServer,
  mailboxIds: readonly string[],
  ids: readonly string[],
): Promise<RenamingServer> {
  const { authority } = server;
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const certificates = new Map<string, { cert: string; key: string }>();
  for (const mailboxId of mailboxIds) certificates.set(mailboxId, await clientCertificate(server, mailboxId));
  const paths: string[] = [];
  const given = new Map<string, string>();
  const rename = (real: string): string => {
    const id = given.get(real) ?? ids[given.size] ?? real;
    given.set(real, id);
    return id;
  };
  const realId = (id: string): string => [...given].find(([, other]) => other === id)?.[0] ?? id;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? "";
    paths.push(path);
    const body = await buffer(incoming);
    const { hostname, port } = new URL(server.url);
    const certificate = certificates.get(path.split("/")[2] ?? "") ?? {};
    const forwarded = httpsRequest({
      agent: false,
      hostname,
      port,
      path: toRealPath(path, realId),
      method: incoming.method,
      headers: { ...incoming.headers, host: `${hostname}:${port}` },
      ca: authority.caPem,
      ...certificate,
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    const content = await buffer(answer);
    const isJson = /json/.test(answer.headers["content-type"] ?? "");
    const text = content.toString().replaceAll(realIds, (id) => JSON.stringify(rename(id)).slice(1, -1));
    const renamed = isJson ? Buffer.from(text) : content;
    const { "transfer-encoding": _dropped, ...headers } = answer.headers;
    const messageId = headers["mex-messageid"];
    outgoing.writeHead(answer.statusCode ?? 500, {
      ...headers,
      "content-length": renamed.length,
      ...(typeof messageId === "string" ? { "mex-messageid": encodeHeaderText(rename(messageId)) } : {}),
    });
    outgoing.end(renamed);
  }

  const renaming = createServer({ cert, key, ca: authority.caPem, requestCert: true }, (incoming, outgoing) => {
    void forward(incoming, outgoing);
  });
  await new Promise<void>((resolve) => {
    renaming.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    renaming.closeAllConnections();
    renaming.close();
  });
  const url = `https://127.0.0.1:${(renaming.address() as AddressInfo).port}`;
  return { ...server, url, clock: server.clock, config: server.config, authority, paths, realId };
}

/** The message id is the part behind `inbox` or `outbox`, or the parameter of tracking. */
function toRealPath(path: string, realId: (id: string) => string): string {
  const encoded = (id: string): string => encodeURIComponent(realId(decodeURIComponent(id)));
  return path
    .replace(/(\/inbox\/|\/outbox\/(?!tracking))([^/?]+)/, (_whole, before: string, id: string) => before + encoded(id))
    .replace(/(messageID=)([^&]+)/, (_whole, before: string, id: string) => before + encoded(id));
}
