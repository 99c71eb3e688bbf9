import { type Role, roles } from "../rights.ts";
import { UsersError } from "./users-error.ts";

/** The same for all that look alike to whoever types it: capitals, wide letters, spaces around it. */
export function foldedName(signInName: string): string {
  return signInName.normalize("NFKC").toLowerCase().normalize("NFKC").trim();
}

/** @throws {UsersError} `sign-in-name-refused` */
export function parseSignInName(typed: string): string {
  const folded = foldedName(typed);
  if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+'-]{0,63}$/u.test(folded)) return folded;
  throw new UsersError(
    "sign-in-name-refused",
    "A sign-in name is 1 to 64 letters, digits and . _ - @ + ', and begins with a letter or a digit.",
  );
}

/** @throws {UsersError} `name-refused` */
export function parseName(typed: string): string {
  const name = typed.normalize("NFC").trim();
  // No control characters, nor what turns the direction of writing around: it is shown beside other text.
  if (
    name !== "" &&
    Array.from(name).length <= 100 &&
    name.isWellFormed() &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)
  ) {
    return name;
  }
  throw new UsersError("name-refused", "A name is 1 to 100 characters, on one line.");
}

/** Each once, in one order, so that lists that mean the same are the same. */
export function parseRoles(given: readonly Role[]): readonly Role[] {
  const held = roles.filter((role) => given.includes(role));
  if (held.length > 0 && given.every((role) => roles.includes(role))) return held;
  throw new UsersError("roles-refused", `A user has one role at least, of these: ${roles.join(", ")}.`);
}
