import { checkOptions, checkText, invalid } from "../check-input.ts";
import type { MeshClientError } from "../mesh-client-error.ts";
import { isExempt } from "./no-proxy.ts";

/** An HTTP proxy, through which the server is reached. */
export interface ProxyOptions {
  /** Such as `http://proxy.example:3128`, without a user or a password. */
  readonly url: string;
  /** For a proxy that asks for a sign-in (Basic): both, or neither. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** A proxy as it is spoken to. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization; undefined without a sign-in. It is the password: for the proxy alone. */
  readonly authorization: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a server; undefined if it is reached without one.
 *
 * `"environment"`: what HTTPS_PROXY (or https_proxy) names, for servers of https that NO_PROXY (or no_proxy) does not.
 * Throws `request-invalid` for what is none; its words name the setting and repeat nothing of it.
 */
export function readProxy(
  given: ProxyOptions | "environment" | undefined,
  server: URL,
  environment: Environment = process.env,
): Proxy | undefined {
  if (given === undefined) return undefined;
  if (given === "environment") return ofEnvironment(server, environment);
  checkOptions("proxy", given);
  const url = parseProxy("proxy.url", given.url);
  if (url.username !== "" || url.password !== "") {
    throw invalid("proxy.url", "a user and a password stand in username and password, not here");
  }
  return proxyOf(url, signIn(given));
}

/** The lower-case names go before the others, as in other programs. */
function ofEnvironment(server: URL, environment: Environment): Proxy | undefined {
  const valueOf = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? "";
  const text = valueOf("HTTPS_PROXY").trim();
  if (text === "" || server.protocol !== "https:") return undefined;
  const { hostname } = server;
  if (isExempt(valueOf("NO_PROXY"), { hostname, port: portOf(server) })) return undefined;
  const url = parseProxy("HTTPS_PROXY", text.includes("://") ? text : `http://${text}`);
  if (url.username === "" && url.password === "") return proxyOf(url, undefined);
  return proxyOf(url, signIn({ username: decoded(url.username), password: decoded(url.password) }, "HTTPS_PROXY"));
}

function proxyOf(url: URL, authorization: string | undefined): Proxy {
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: portOf(url), authorization };
}

export function portOf({ protocol, port }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** What is said to the proxy is said in clear; TLS is with the server, through it. */
function parseProxy(field: string, text: unknown): URL {
  const url = typeof text === "string" ? URL.parse(text) : null;
  if (url?.protocol === "http:" && url.pathname === "/" && url.search === "" && url.hash === "") return url;
  throw invalid(field, "an http:// URL of a proxy is needed, such as http://proxy.example:3128");
}

/** RFC 7617: in UTF-8, and no colon in the user's name. */
function signIn({ username, password }: Omit<ProxyOptions, "url">, whole?: string): string | undefined {
  if (username === undefined && password === undefined) return undefined;
  const limits = { atMost: 1000 };
  checkText(whole ?? "proxy.username", username, { ...limits, atLeast: 1 });
  checkText(whole ?? "proxy.password", password, limits);
  if (username.includes(":")) throw invalid(whole ?? "proxy.username", "a user's name for a proxy has no colon");
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wronglyEncoded();
  }
}

function wronglyEncoded(): MeshClientError {
  return invalid("HTTPS_PROXY", "a % in the user or the password is written %25");
}
