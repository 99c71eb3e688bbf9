import { BlockList, isIP } from "node:net";

/**
 * Whether NO_PROXY names a host: what is reached without the proxy. Entries stand between commas or spaces:
 *
 * - `mesh.example` and `.mesh.example`, `*.mesh.example`: this name, and all names below it, as curl has it;
 * - `192.0.2.7`, `2001:db8::7` or `[2001:db8::7]`, `192.0.2.0/24`: this address, or all of that range;
 * - any of them with `:8700` behind it: only at that port (an IPv6 address then in brackets);
 * - `*`: every host.
 *
 * What is none of these names nothing.
 */
export function isExempt(
  noProxy: string,
  { hostname, port }: { readonly hostname: string; readonly port: number },
): boolean {
  const host = nameOf(hostname);
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    const { name, port: only } = partsOf(entry);
    if (name === "" || (only !== undefined && only !== port)) return false;
    return isIP(host) === 0 ? isBelow(host, nameOf(name).replace(/^\*?\./, "")) : isAddressIn(host, name);
  });
}

function partsOf(entry: string): { name: string; port: number | undefined } {
  // Without brackets, what has two colons is an address of IPv6 and nothing else.
  const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  return { name: bracketed ?? bare ?? entry, port: port === undefined ? undefined : Number(port) };
}

/** Names have no case, and one that ends with the root's dot is the same name. */
function nameOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

function isBelow(host: string, name: string): boolean {
  return name !== "" && (host === name || host.endsWith(`.${name}`));
}

function isAddressIn(host: string, entry: string): boolean {
  const [address = "", prefix, ...more] = entry.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  const type = family === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  if (bits === undefined) range.addAddress(address, type);
  else if (bits <= (family === 4 ? 32 : 128)) range.addSubnet(address, bits, type);
  return range.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
