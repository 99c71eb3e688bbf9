import type { Role } from "../rights.ts";
import type { User } from "./user.ts";

/** A row of the table `user`, as far as it is asked for. */
export interface StoredUser {
  id: string;
  sign_in_name: string;
  name: string;
  roles: string;
  disabled: number;
  open_id_issuer: string | null;
  open_id_subject: string | null;
  password: string | null;
  second_factor: Uint8Array | null;
  second_factor_step: number | null;
  second_factor_begun: Uint8Array | null;
  second_factor_begun_at: string | null;
}

export function userFrom(stored: StoredUser): User {
  const { open_id_issuer: issuer, open_id_subject: subject } = stored;
  return {
    id: stored.id,
    signInName: stored.sign_in_name,
    name: stored.name,
    roles: JSON.parse(stored.roles) as Role[],
    disabled: stored.disabled !== 0,
    ...(issuer !== null && subject !== null && { openId: { issuer, subject } }),
    hasPassword: stored.password !== null,
    hasSecondFactor: stored.second_factor !== null,
  };
}
