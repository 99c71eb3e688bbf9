import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditAct } from "../../audit/entry.ts";
import type { NavigationItem } from "../../frame.ts";
import { formatMoment } from "../../format.ts";
import { isRefusal, refusal } from "../../refusal.ts";
import { route } from "../route-access.ts";
import type { Attempter } from "../sessions/attempts.ts";
import { cookieOf, removeCookie, setCookie } from "../sessions/cookies.ts";
import type { By, Proved, User } from "../users/user.ts";
import { UsersError } from "../users/users-error.ts";
import { forgetVisitor, signedInAt } from "../visitor.ts";
import { accountNotices } from "./account-notices.ts";
import { ownPath } from "./own-path.ts";
import { qrPath } from "./qr-path.ts";
import type { SignInOptions } from "./sign-in-options.ts";
import { afterSigningOut, beganFrom, free, pageFor } from "./sign-in-pages.ts";
import { problemWords, refusalWords, tooManyAttempts } from "../../refusal-words.ts";

interface Form {
  Body: Readonly<Record<string, string>> | undefined;
}

/** What the pages of a person's own account have of their site. */
export interface AccountSite {
  readonly show: (reply: FastifyReply, view: string, context: object) => Promise<void>;
  /** Without anything that only who has signed in may see. */
  readonly showBare: (reply: FastifyReply, view: string, context: object) => FastifyReply;
  readonly token: (request: FastifyRequest, action: string) => string;
  /** Whoever runs the site is told. */
  readonly failed: (request: FastifyRequest, error: unknown) => void;
  readonly navigation: readonly NavigationItem[];
}

/** Which part of the page says what was wrong. */
type Part = "password" | "second-factor" | "second-factor-off";

const signedIn = route({ needs: "signed-in" });
const settingUp = route({ needs: "signed-in", whileSettingUp: true });

/**
 * The page on which a person sees who they are here and where they are signed in, and changes what they sign in with. A change
 * asks for what they sign in with now: whoever finds a browser open cannot keep its owner out.
 *
 * Where a second factor is demanded of them, and they have none, it is the only page that they are shown, and has that alone.
 */
export function serveAccountPages(
  app: FastifyInstance,
  { access, openId, secondFactor = "optional" }: SignInOptions,
  site: AccountSite,
): void {
  const { users, sessions, attempts, audit } = access;

  const leaving = {
    errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
      if (isRefusal(error)) throw error;
      return leaveUnwritten(request, reply, error);
    },
  };

  app.post("/sign-out", { ...settingUp, ...leaving }, (request, reply) => {
    const { session = "" } = signedInAt(request);
    const elsewhere = openId?.signedOut?.(userOf(request), session);
    return leave(
      request,
      reply,
      () => sessions.end(cookieOf(request, "session") ?? "", { source: request.ip }),
      elsewhere,
    );
  });

  app.post("/account/sign-out-everywhere", { ...signedIn, ...leaving }, (request, reply) =>
    leave(request, reply, () => endAll(request)),
  );

  app.post<{ Params: { session: string } }>("/account/sessions/:session/end", signedIn, (request, reply) => {
    const { actor, ...from } = byOf(request);
    sessions.endOne(actor, request.params.session, from);
    return reply.redirect("/account?done=signed-out", 303);
  });

  app.get<{ Querystring: Readonly<Record<string, unknown>> }>("/account", settingUp, (request, reply) => {
    const { done } = request.query;
    const text = typeof done === "string" && Object.hasOwn(accountNotices, done) ? accountNotices[done] : undefined;
    return show(request, reply, text === undefined ? {} : { notice: { text } });
  });

  app.post<Form>("/account/password", signedIn, async (request, reply) => {
    const user = userOf(request);
    const { password = "", "new-password": wanted = "" } = request.body ?? {};
    const proved = await prove(request, reply, user, "password", "change-password", password);
    if (proved === undefined) return reply;
    let passwordMark: string;
    try {
      passwordMark = await users.setPassword(user.id, wanted, byOf(request), proved.passwordMark);
    } catch (error) {
      if (!(error instanceof UsersError)) throw error;
      if (error.code === "changed-meanwhile") throw refusal(403, error.message);
      return showProblem(request, reply.code(400), "password", error.message, "new-password");
    }
    // All of them are ended by it, this one too.
    renew(request, reply, proved, passwordMark);
    return reply.redirect("/account?done=password", 303);
  });

  app.post<Form>("/account/second-factor", settingUp, async (request, reply) => {
    const user = userOf(request);
    if (user.hasSecondFactor) throw refusal(409, refusalWords["codes-already"]);
    const { password = "" } = request.body ?? {};
    if ((await prove(request, reply, user, "second-factor", "second-factor", password)) === undefined) return reply;
    const { secret, uri } = users.beginSecondFactor(user.id);
    return showSetUp(request, reply, { secret: secret.replaceAll(/.{4}(?=.)/g, "$& "), uri, qr: qrPath(uri) });
  });

  app.post<Form>("/account/second-factor/confirm", settingUp, async (request, reply) => {
    const user = userOf(request);
    const attempt = attempts.begin([counted(user, "code")]);
    if (!attempt.allowed) return showSetUp(request, reply.code(429), { problem: waitWords(attempt.until) });
    if (!users.confirmSecondFactor(user.id, request.body?.["code"] ?? "", byOf(request))) {
      record(request, "second-factor");
      return showSetUp(request, reply.code(400), { problem: problemWords["wrong-code"] });
    }
    attempt.succeeded();
    // All of them are ended by it, this one too.
    renew(request, reply, user);
    const { setsUpFirst = false } = signedInAt(request);
    const next = setsUpFirst ? pageFor(user, wantedIn(request), site.navigation) : "/account?done=second-factor-on";
    return reply.redirect(next, 303);
  });

  app.post<Form>("/account/second-factor/remove", signedIn, async (request, reply) => {
    const user = userOf(request);
    if (secondFactor === "required") {
      record(request, "second-factor");
      throw refusal(403, refusalWords["codes-demanded"]);
    }
    const part = "second-factor-off";
    const { password = "", code = "" } = request.body ?? {};
    // First: a code that was looked at is good no more.
    if ((await prove(request, reply, user, part, "second-factor", password)) === undefined) return reply;
    const attempt = attempts.begin([counted(user, "code")]);
    if (!attempt.allowed) return showProblem(request, reply.code(429), part, waitWords(attempt.until), "code");
    if (!users.checkSecondFactor(user.id, code)) {
      record(request, "second-factor");
      return showProblem(request, reply.code(400), part, problemWords["wrong-code"], "code");
    }
    attempt.succeeded();
    users.removeSecondFactor(user.id, byOf(request));
    renew(request, reply, user);
    return reply.redirect("/account?done=second-factor-off", 303);
  });

  function leave(request: FastifyRequest, reply: FastifyReply, end: () => void, to = afterSigningOut): FastifyReply {
    try {
      end();
    } catch (error) {
      return leaveUnwritten(request, reply, error, to);
    }
    removeCookie(reply, "session");
    return reply.redirect(to, 303);
  }

  /** Whatever fails, nobody has to leave a screen that others use while they are signed in there: decision 264. */
  function leaveUnwritten(
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
    to = afterSigningOut,
  ): FastifyReply {
    site.failed(request, error);
    removeCookie(reply, "session");
    forgetVisitor(request);
    return site.showBare(reply.code(503), "web/signed-out-unwritten", {
      to,
      isElsewhere: to !== afterSigningOut,
      isEverywhere: request.url !== "/sign-out",
    });
  }

  /** Undefined: it is not their password, and the page that says so is the answer. */
  async function prove(
    request: FastifyRequest,
    reply: FastifyReply,
    user: User,
    part: Part,
    act: AuditAct,
    password: string,
  ): Promise<Proved | undefined> {
    const field = part === "password" ? "password" : "second-factor-password";
    const attempt = attempts.begin([counted(user, "password")]);
    if (!attempt.allowed) {
      await showProblem(request, reply.code(429), part, waitWords(attempt.until), field);
      return undefined;
    }
    const proved = await users.checkPassword(user.signInName, password).catch((error: unknown) => {
      attempt.takeBack();
      throw error instanceof UsersError ? refusal(503, refusalWords["too-many-passwords"]) : error;
    });
    if (proved?.id === user.id) {
      attempt.succeeded();
      return proved;
    }
    record(request, act);
    await showProblem(request, reply.code(400), part, problemWords["not-your-password"], field);
    return undefined;
  }

  /** Whoever has just proved who they are has another cookie from now on: who had a copy of theirs has nothing. */
  function renew(request: FastifyRequest, reply: FastifyReply, user: User, passwordMark?: string): void {
    const { cookie } = sessions.begin(user, { ...beganFrom(request), passwordMark }, cookieOf(request, "session"));
    setCookie(reply, "session", cookie);
  }

  function endAll(request: FastifyRequest): void {
    const { actor, ...from } = byOf(request);
    sessions.endAll(actor, from);
  }

  function record(request: FastifyRequest, act: AuditAct): void {
    const by = byOf(request);
    audit.record({ ...by, act, outcome: "refused", subjects: [`user:${by.actor}`] });
  }

  function userOf(request: FastifyRequest): User {
    const user = users.find(signedInAt(request).id);
    if (user === undefined) throw refusal(403, refusalWords["no-such-account"]);
    return user;
  }

  function showProblem(
    request: FastifyRequest,
    reply: FastifyReply,
    part: Part,
    text: string,
    field: string,
  ): Promise<void> {
    return show(request, reply, { problem: { part, text, field } });
  }

  function show(request: FastifyRequest, reply: FastifyReply, context: object): Promise<void> {
    const user = userOf(request);
    return site.show(reply, "web/account", {
      user,
      sessions: sessions.list(user.id),
      session: signedInAt(request).session,
      demanded: secondFactor === "required",
      ...setUpIn(request),
      token: (action: string) => site.token(request, action),
      ...context,
    });
  }

  function showSetUp(request: FastifyRequest, reply: FastifyReply, context: object): Promise<void> {
    const token = site.token(request, "/account/second-factor/confirm");
    return site.show(reply, "web/second-factor-set-up", { token, ...setUpIn(request), ...context });
  }
}

/** Of who has to set codes up first, and is led on then. */
function setUpIn(request: FastifyRequest): object {
  return signedInAt(request).setsUpFirst === true ? { setsUpFirst: true, to: wantedIn(request) } : {};
}

/** The page that they were led away from. */
function wantedIn({ query, body }: FastifyRequest): string | undefined {
  const { to } = { ...(query as object), ...(body as object | undefined) } as { to?: unknown };
  return ownPath(to);
}

function waitWords(until: Date): string {
  return tooManyAttempts.failed(formatMoment(until));
}

/** Each by itself: who knows the password could guess codes for ever, if being right about the one forgot the other. */
function counted({ id }: User, what: "password" | "code"): Attempter {
  return { who: `account-${what}:${id}`, free: free.person };
}

function byOf(request: FastifyRequest): By {
  const { id, session } = signedInAt(request);
  return { actor: id, source: request.ip, ...(session !== undefined && { session }) };
}
