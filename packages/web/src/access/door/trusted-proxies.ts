import { BlockList, isIP } from "node:net";

/** Whether an address is that of a proxy which may say for whom it asks. */
export type Trusts = (address: string | undefined) => boolean;

interface Range {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

/** An address, or a range of them (`10.0.0.0/8`); undefined if it is neither, or everybody (`/0`). */
export function rangeOf(text: string): Range | undefined {
  const [address = "", given, ...more] = text.split("/");
  const version = isIP(address);
  // A zone (fe80::1%eth0) is of one machine alone.
  if (version === 0 || address.includes("%") || more.length > 0) return undefined;
  const most = version === 4 ? 32 : 128;
  if (given !== undefined && !/^[1-9]\d{0,2}$/.test(given)) return undefined;
  const bits = given === undefined ? most : Number(given);
  return bits > most ? undefined : { address, bits, family: version === 4 ? "ipv4" : "ipv6" };
}

/** An address of IPv4 is known also as one of IPv6 (`::ffff:10.0.0.1`), as which it comes where both are listened at. */
export function trustedAmong(ranges: readonly string[]): Trusts {
  const trusted = new BlockList();
  for (const text of ranges) {
    const range = rangeOf(text);
    if (range !== undefined) trusted.addSubnet(range.address, range.bits, range.family);
  }
  return (address = "") => isIP(address) !== 0 && trusted.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}
