import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemReason } from "@restante/durable";
import { decodeXml } from "@restante/mesh";
import { type Around, pathFrom, type Put, type Taken, type Wrong } from "./taking.ts";

// The Java client goes through a proxy where there is a proxy.ini. No document that is public says what is in it, so what
// can only mean one thing is read: lines of `name = value` whose name, less words such as `http` and `proxy`, is one of
// these. Anything else is told, and nothing is guessed: letters would go another way than they should, or none.

const names: Readonly<Record<string, keyof Proxy>> = {
  host: "host",
  hostname: "host",
  server: "host",
  address: "host",
  url: "host",
  port: "port",
  user: "user",
  username: "user",
  login: "user",
  password: "password",
  pass: "password",
};

interface Proxy {
  host: string;
  port: string;
  user: string;
  password: string;
}

const MOST_BYTES = 64_000;

/** The path is that of proxy.ini or of its folder. */
export function takeProxy(written: string, around: Around): Taken | Wrong {
  const at = pathFrom(written, around);
  if (typeof at !== "string") return at;
  const file = existsSync(at) && statSync(at).isDirectory() ? join(at, "proxy.ini") : at;
  if (!existsSync(file)) return { puts: [], words: "no proxy: there is no proxy.ini there" };
  let text: string;
  try {
    const about = statSync(file);
    if (!about.isFile() || about.size > MOST_BYTES) return { problem: `leads to ${file}, which is no proxy.ini` };
    const decoded = decodeXml(readFileSync(file));
    if ("fault" in decoded) return unknownProxy(file, "it is not text");
    text = decoded.text;
  } catch (error) {
    return { problem: `leads to ${file}, which cannot be read: ${systemReason(error)}` };
  }
  return readProxyIni(text, file);
}

function readProxyIni(text: string, file: string): Taken | Wrong {
  const found: Partial<Proxy> = {};
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.trim();
    // A comment, or the name of a section.
    if (line === "" || /^[#;[]/.test(line)) continue;
    const [, name = "", value = ""] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
    const known = names[name.toLowerCase().replaceAll(/https?|proxy|[^a-z]/g, "")];
    const repeated = known !== undefined && found[known] !== undefined && found[known] !== value.trim();
    if (known === undefined || repeated) return unknownProxy(file, `its line ${index + 1} is none that is known here`);
    if (value.trim() !== "") found[known] = value.trim();
  }
  return asSettings(found, file);
}

function unknownProxy(file: string, why: string): Wrong {
  return {
    problem: `leads to ${file}, and ${why}: take ProxyPath out, import the rest, and name the proxy in client.yaml`,
  };
}

function asSettings({ host, port, user, password }: Partial<Proxy>, file: string): Taken | Wrong {
  if (host === undefined) return { puts: [], words: `no proxy: ${file} names none` };
  const url = URL.parse(/^https?:\/\//i.test(host) ? host : `http://${host}`);
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  // With more in it than a proxy's address has, such as a user, it is not known what is meant.
  if (url === null || url.href !== `${url.origin}/` || !isPort) return unknownProxy(file, "its host or port is none");
  if (port !== undefined) url.port = port;
  const puts: Put[] = [{ pointer: "/proxy/url", value: url.origin }];
  if (user !== undefined) puts.push({ pointer: "/proxy/username", value: user });
  if (password !== undefined) puts.push({ pointer: "/proxy/password", value: password, isSecret: true });
  return { puts };
}
