import { createServer, type ServerOptions } from "node:https";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { testAuthority } from "@restante/testbed";
import { localHosts } from "@restante/authority";

export interface Told {
  body: { id: string; event: string; at: string; odsCode: string; task: { id: number; href?: string } };
  text: string;
  signature: string;
}

export interface WebhookReceiver {
  url: string;
  /** What vouches for it. */
  ca: string;
  told: Told[];
  /** How it answers: by a status, or by hand. 204 at first. */
  answer: number | ((response: ServerResponse, told: Told) => void);
}

/** A receiver of webhooks over HTTPS, until the test ends. */
export async function webhookReceiver(t: TestContext, served: ServerOptions = {}): Promise<WebhookReceiver> {
  const authority = await testAuthority();
  const { key, cert } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const server = createServer({ key, cert, ...served }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const told: Told = {
        body: JSON.parse(text) as Told["body"],
        text,
        signature: String(request.headers["x-restante-signature"]),
      };
      receiver.told.push(told);
      if (typeof receiver.answer === "function") receiver.answer(response, told);
      else response.writeHead(receiver.answer).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `https://127.0.0.1:${port}/told?of=tasks`,
    ca: authority.caPem,
    told: [],
    answer: 204,
  };
  return receiver;
}
