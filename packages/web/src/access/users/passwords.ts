import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { inTurn } from "./in-turn.ts";

/** What a password costs to try (RFC 9106). */
export interface Cost {
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export interface Derivation extends Cost {
  readonly password: string;
  readonly salt: Uint8Array;
  /** Not in the database: whoever has that alone can try no password. */
  readonly secret: Uint8Array;
}

export type Derive = (derivation: Derivation) => Promise<Uint8Array>;

/** OWASP's Password Storage Cheat Sheet, argon2id. */
export const usualCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const saltBytes = 16;
const tagLength = 32;
/** Each takes 19 MiB and one of the four threads that the process has for its disk too. */
const atOnce = 2;
const mostWaiting = 20;

export const argon2id: Derive = async ({ password, salt, ...others }) =>
  promisify(argon2)("argon2id", { message: password, nonce: salt, tagLength, ...others });

export interface Passwords {
  /** @throws {UsersError} `busy` */
  toStore(password: string): Promise<string>;
  /**
   * Of none it does the same work, and finds it wrong. What was stored at a lower cost comes back as it is to be stored now.
   *
   * @throws {UsersError} `busy`
   */
  check(password: string, stored: string | undefined): Promise<{ isRight: boolean; storeAnew?: string }>;
}

export function createPasswords(secret: Uint8Array, derive: Derive = argon2id, cost: Cost = usualCost): Passwords {
  const turn = inTurn(atOnce, mostWaiting);
  const nobodys: Stored = { ...cost, salt: randomBytes(saltBytes), tag: Buffer.alloc(tagLength) };
  const make = async (password: string): Promise<string> => {
    const salt = randomBytes(saltBytes);
    return written({ ...cost, salt, tag: await derive({ ...cost, password, salt, secret }) });
  };
  return {
    toStore: (password) => turn(() => make(password)),
    check: (password, stored) =>
      turn(async () => {
        const { tag, ...known } = stored === undefined ? nobodys : read(stored);
        const isEqual = timingSafeEqual(await derive({ ...known, password, secret }), tag);
        if (!isEqual || stored === undefined) return { isRight: false };
        const isCheap = known.memory < cost.memory || known.passes < cost.passes;
        return { isRight: true, ...(isCheap && { storeAnew: await make(password) }) };
      }),
  };
}

interface Stored extends Cost {
  readonly salt: Uint8Array;
  readonly tag: Uint8Array;
}

/** In the form of the reference implementation, so that it says of itself what it is. */
function written({ memory, passes, parallelism, salt, tag }: Stored): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

function read(stored: string): Stored {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]{22})\$([\w+/]{43})$/.exec(stored);
  if (parts === null) throw new TypeError("What is stored as a password is none.");
  const [memory, passes, parallelism] = parts.slice(1, 4).map(Number) as [number, number, number];
  const [salt, tag] = parts.slice(4).map((text) => Buffer.from(text, "base64")) as [Buffer, Buffer];
  return { memory, passes, parallelism, salt, tag };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
