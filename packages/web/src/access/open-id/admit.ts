import { createHash } from "node:crypto";
import type { By, OpenIdIdentity, User, Users } from "../users/user.ts";
import { UsersError } from "../users/users-error.ts";
import { type Claims, type RolesOfClaims, rolesOf } from "./roles-of-claims.ts";

/** Why somebody whom the issuer knows may not come in. */
export type NotAdmitted = "unknown" | "no-role" | "disabled" | "last-administrator";

/** By which the audit, and whoever was turned away, speak of the same person. No secret: who guesses a subject can make it. */
export function referenceOf({ issuer, subject }: OpenIdIdentity): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex")
    .slice(0, 16);
}

/**
 * The user who somebody is. Where the issuer says who has which role, they are made at their first sign-in, and at each one are
 * called and may do as it says then: also nothing any more. Nobody is known by their name: another may have the same.
 *
 * @param roles absent: they are added, and have their roles, by those who give them out here
 */
export async function admit(
  users: Users,
  identity: OpenIdIdentity,
  claims: Claims,
  roles: RolesOfClaims | undefined,
  source: string,
): Promise<User | NotAdmitted> {
  const by: By = { actor: "issuer", source };
  const known = users.findByOpenId(identity.issuer, identity.subject);
  if (known?.disabled === true) return "disabled";
  if (roles === undefined) return known ?? "unknown";
  const held = rolesOf(claims, roles);
  const signInName = `openid-${referenceOf(identity)}`;
  const name = nameIn(claims) ?? signInName;
  if (known === undefined && held.length === 0) return "no-role";
  try {
    const user = known ?? (await users.add({ signInName, name, roles: held, openId: identity }, by));
    const now = users.change(user.id, { name, roles: held }, by);
    return held.length === 0 ? "no-role" : now;
  } catch (error) {
    if (!(error instanceof UsersError)) throw error;
    if (error.code === "last-administrator") return "last-administrator";
    // Their first sign-in, in two browsers at once.
    const other = error.code === "taken" ? users.findByOpenId(identity.issuer, identity.subject) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

/** What the issuer calls them, as far as it can be a name here. */
function nameIn({
  name,
  given_name: given,
  family_name: family,
  preferred_username: preferred,
}: Claims): string | undefined {
  const found = [name, [given, family].filter((part) => typeof part === "string").join(" "), preferred]
    .filter((text) => typeof text === "string")
    .map((text) => {
      const onOneLine = text
        .toWellFormed()
        .normalize("NFC")
        .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ");
      return Array.from(onOneLine.trim()).slice(0, 100).join("").trim();
    });
  return found.find((text) => text !== "");
}
