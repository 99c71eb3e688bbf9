import { isIP } from "node:net";

/**
 * What is counted as one address. Of IPv6 whoever has one machine has a network of 2^64 addresses (RFC 4291, clause 2.5.4), and
 * could guess from another each time: so all of them are one. An address of IPv4 is one by itself, also where it is written as
 * one of IPv6 (`::ffff:192.0.2.1`).
 */
export function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  if (isIP(plain) !== 6) return address;
  // In the one spelling of RFC 5952, without dots.
  const { hostname } = new URL(`http://[${plain}]`);
  const [before = "", behind = ""] = hostname.slice(1, -1).split("::");
  const groupsOf = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const [first, last] = [groupsOf(before), groupsOf(behind)];
  const between = Array.from({ length: 8 - first.length - last.length }, () => "0");
  const network = [...first, ...between, ...last].slice(0, 4);
  return network.every((group) => group === "0") ? hostname : `${network.join(":")}::/64`;
}
