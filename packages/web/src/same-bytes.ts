import { timingSafeEqual } from "node:crypto";

/** Of what nobody may find out bit by bit: in constant time, for what is as long as what is expected. */
export function isSameBytes(expected: Uint8Array, given: Uint8Array): boolean {
  return expected.byteLength === given.byteLength && timingSafeEqual(expected, given);
}
