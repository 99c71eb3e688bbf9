import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { cacheFolderOf } from "../cache-folder.ts";
import { openCertificates } from "../certificates.ts";
import { type Answered, createEndpoints, type IssuerState, paths, type SeenRequest } from "./endpoints.ts";
import type { Endpoint, IssuerFaults } from "./faults.ts";
import { makeKey } from "./keys.ts";
import { anna, type IssuerOptions, type Person, usualClient } from "./options.ts";

/** A stand-in for an issuer of OpenID Connect, for the tests of what people sign in to. */
export interface TestIssuer extends AsyncDisposable {
  /** What is its name too, such as `https://localhost:38123`. */
  readonly url: string;
  /** Whom to trust to reach it, as PEM and as a file. */
  readonly ca: string;
  readonly caFile: string;
  /** Who is signed in there, and so comes back at once; undefined: nobody, and whoever is sent there is turned away. */
  person: Person | undefined;
  /** What it does wrong, from now on. `{}`: nothing. */
  faults: IssuerFaults;
  /** Since the start, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Signs by a new key from now on, and publishes that one alone. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an issuer over HTTPS, with a certificate of the testkit's own authority. It listens when the promise resolves.
 *
 * @example
 * await using issuer = await startIssuer({ person: { subject: "anna", claims: { groups: ["clinicians"] } } });
 * const settings = { issuer: issuer.url, clientId: "restante", clientSecret: "secret", ca: issuer.ca };
 * issuer.faults = { idToken: { nonce: "another" } };
 */
export async function startIssuer(options: IssuerOptions = {}): Promise<TestIssuer> {
  const { port = 0, path = "", clients = [usualClient], person = anna } = options;
  const [{ server: certificate, client }, key, otherKey] = await Promise.all([
    openCertificates(cacheFolderOf(options)),
    makeKey(),
    makeKey(),
  ]);
  const server = createServer({ key: certificate.key, cert: certificate.cert });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `https://localhost:${(server.address() as AddressInfo).port}${path}`;
  const state: IssuerState = { url, clients, person, faults: {}, key, otherKey };
  const answer = createEndpoints(state);
  const requests: SeenRequest[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = endpointAt(request, path);
    if (endpoint === undefined) {
      response.writeHead(404).end();
      return;
    }
    const parameters = await parametersOf(request);
    requests.push({ endpoint, parameters });
    const { dead = [], silent = [], failing = [] } = state.faults;
    if (dead.includes(endpoint)) request.socket.destroy();
    if (dead.includes(endpoint) || silent.includes(endpoint)) return;
    const { status, headers, body }: Answered = failing.includes(endpoint)
      ? { status: 503 }
      : answer({ endpoint, parameters, headers: request.headers });
    response.writeHead(status, { ...(body !== undefined && { "content-type": "application/json" }), ...headers });
    response.end(body === undefined ? "" : JSON.stringify(body));
  }
  server.on("request", (request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return {
    url,
    ca: client.ca,
    caFile: client.files.ca,
    get person() {
      return state.person;
    },
    set person(next) {
      state.person = next;
    },
    get faults() {
      return state.faults;
    },
    set faults(next) {
      state.faults = next;
    },
    requests,
    async rotateKeys() {
      state.key = await makeKey();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function endpointAt({ url = "/" }: IncomingMessage, path: string): Endpoint | undefined {
  const asked = url.split("?")[0];
  return (Object.keys(paths) as Endpoint[]).find((endpoint) => `${path}${paths[endpoint]}` === asked);
}

async function parametersOf(request: IncomingMessage): Promise<Record<string, string>> {
  const said = request.method === "POST" ? await text(request) : (request.url ?? "").split("?")[1];
  return Object.fromEntries(new URLSearchParams(said));
}
