// Ids are case-sensitive in FHIR, and UUIDs are not (RFC 4122, section 3: capitals are read as small letters). What is
// compared is therefore a key; what is told, shown and sent back is what was sent. See docs/decisions/184.
import { withoutOuterSpaces } from "../read/spaces.ts";

const urnOfUuid = "urn:uuid:";
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuidLength = 36;

/** A UUID in the form that RFC 4122 writes (36 characters, four hyphens), in small letters or capitals, with nothing around it. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && value.length === uuidLength && uuid.test(value);
}

/**
 * What an id is known again by: as it was sent, but without outer white space or `urn:uuid:`, and in small letters if it
 * is a UUID. The ids of two messages, or two documents, are the same if their keys are. The key of a key is itself.
 */
export function idKey(id: string): string {
  const whole = withoutOuterSpaces(id);
  const bare = isUrnOfUuid(whole.slice(0, urnOfUuid.length))
    ? withoutOuterSpaces(whole.slice(urnOfUuid.length))
    : whole;
  return isUuid(bare) ? bare.toLowerCase() : bare;
}

/** The same of a name that a reference or a fullUrl gives a resource: a UUID at its end is in small letters. */
export function nameKey(name: string): string {
  const end = name.slice(-uuidLength);
  // Most have small letters alone, and every name of a message is asked for: the name itself is its own key, made anew for none.
  if (!/[A-F]/.test(end) || !isUuid(end)) return name;
  const before = name.slice(0, -uuidLength);
  return before === "" || before.endsWith("/") || isUrnOfUuid(before) ? before + end.toLowerCase() : name;
}

function isUrnOfUuid(before: string): boolean {
  return before.length === urnOfUuid.length && before.toLowerCase() === urnOfUuid;
}
