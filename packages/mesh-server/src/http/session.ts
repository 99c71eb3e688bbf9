import { isCurrent, isGenuine, parseToken, tokenTime } from "@restante/mesh";
import type { FastifyReply, FastifyRequest } from "fastify";

import { distrust } from "../auth/client-certificate.ts";
import type { Context } from "../context.ts";
import { clockFault } from "./faults/taken-of.ts";
import type { Mailbox } from "../registry.ts";
import type { TokenUse } from "../store/store.ts";
import { refusalOf } from "./errors.ts";
import { Refusal } from "./refusal.ts";
import { negotiateVersion } from "./version.ts";

/** Longer than the 2 hours either way in which a token is current. */
const TOKEN_LIFE_MS = 5 * 60 * 60 * 1000;
/** A GUID has 36 characters; nonces are stored, so they have an end. */
const LONGEST_NONCE = 200;

/** A request of a mailbox that has shown who it is. */
export interface Session {
  mailbox: Mailbox;
  version: 1 | 2;
  /** Good for this request only. A handler that writes gives it to the store and then sets `recorded`. */
  token: TokenUse;
  recorded: boolean;
}

export type SessionHandler = (request: FastifyRequest, reply: FastifyReply, session: Session) => Promise<FastifyReply>;

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Lets in only who holds a certificate of ours, at a door that has TLS. Enough for the lookups, which take no Authorization. */
export function withCertificate(handler: Handler): Handler {
  return (request, reply) => {
    requireCertificate(request);
    return handler(request, reply);
  };
}

/** Lets in only the mailbox of the path, once a token. */
export function withMailbox(context: Context, handler: SessionHandler): Handler {
  return async (request, reply) => {
    requireCertificate(request);
    const session = await openSession(context, request, reply);
    let served = true;
    try {
      if (!context.requestRate.take(session.mailbox.mailboxId)) throw tooManyRequests();
      return await handler(request, reply, session);
    } catch (error) {
      const { status } = refusalOf(error).answer;
      served = status < 500 && status !== 429;
      throw error;
    } finally {
      context.guard.settle(session.token, { record: served && !session.recorded });
    }
  };
}

/** Within a second there is room for one more. Its token is good still: clients send it again (reference, How clients behave). */
function tooManyRequests(): Refusal {
  return new Refusal("too-many-requests", { headers: { "retry-after": "1" } });
}

function requireCertificate(request: FastifyRequest): void {
  const reason = distrust(request.raw);
  if (reason !== undefined) throw new Refusal("client-certificate", { reason });
}

async function openSession(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<Session> {
  const { mailboxId } = request.params as { mailboxId: string };
  const token = parseToken(request.headers.authorization ?? "");
  if (token === undefined || token.nonce.length > LONGEST_NONCE) {
    const isThere = request.headers.authorization !== undefined;
    throw new Refusal("no-authorization", {
      reason: isThere
        ? "Authorization is not a token of MESH, mailbox:nonce:count:yyyyMMddHHmm:hash"
        : "there is no Authorization",
    });
  }
  if (token.mailboxId.toUpperCase() !== mailboxId.toUpperCase()) throw new Refusal("token-for-another-mailbox");
  const mailbox = context.registry.find(mailboxId);
  if (mailbox === undefined) throw new Refusal("unknown-mailbox");
  const now = context.realTime.now();
  const wrongBy = clockFault(context, request);
  if (!isCurrent(token, new Date(now.getTime() + (wrongBy ?? 0)))) {
    const asked = wrongBy === undefined ? "" : ", which is wrong as a fault asks";
    throw new Refusal("token-not-genuine", {
      reason: `the token's time is more than 2 hours from the server's${asked}`,
    });
  }
  if (!isGenuine(token, { password: mailbox.password, sharedKey: context.sharedKey })) {
    throw new Refusal("token-not-genuine", {
      reason: "the token's hash is not that of its text with this mailbox's password and the shared key",
    });
  }
  const use: TokenUse = {
    mailboxId: mailbox.mailboxId,
    nonce: token.nonce,
    nonceCount: token.nonceCount,
    time: tokenTime(token),
    expiresAt: new Date(now.getTime() + TOKEN_LIFE_MS),
  };
  if (!(await context.guard.claim(use))) throw new Refusal("token-used-before");
  return { mailbox, version: negotiateVersion(request, reply), token: use, recorded: false };
}
