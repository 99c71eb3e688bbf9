import { isIPv6 } from "node:net";

/**
 * What one party can be expected to hold: an IPv4 address, or the first half of an IPv6 one (whoever has one address there
 * has as many as they like).
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address;
  const [start = "", end = ""] = bare.split("::");
  const first = start === "" ? [] : start.split(":");
  const last = end === "" ? [] : end.split(":");
  const zeros = bare.includes("::")
    ? Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0")
    : [];
  return `${[...first, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}
