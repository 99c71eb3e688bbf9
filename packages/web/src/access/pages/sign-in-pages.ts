import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { landingFor, type NavigationItem } from "../../frame.ts";
import { formatMoment } from "../../format.ts";
import { route } from "../route-access.ts";
import { rightsOfAll } from "../rights.ts";
import type { Attempt, Attempter } from "../sessions/attempts.ts";
import { browserWords } from "../sessions/browser-words.ts";
import { cookieOf, removeCookie, setCookie } from "../sessions/cookies.ts";
import { networkOf } from "../sessions/network-of.ts";
import type { Beginning } from "../sessions/sessions.ts";
import { foldedName } from "../users/names.ts";
import type { Proved, User } from "../users/user.ts";
import { UsersError } from "../users/users-error.ts";
import { visitorAt } from "../visitor.ts";
import { browserBinding, newBrowserBinding } from "./browser-binding.ts";
import { createHalfWays, type HalfWay } from "./half-way.ts";
import { ownPath } from "./own-path.ts";
import type { Doorway, SignInOptions, SignInSite } from "./sign-in-options.ts";
import { problemWords, tooManyAttempts } from "../../refusal-words.ts";

interface Form {
  Body: Readonly<Record<string, string>> | undefined;
}

interface Query {
  Querystring: Readonly<Record<string, unknown>>;
}

/** So many failures cost no time: of one person, and of an address from which a whole practice may come. */
export const free = { person: 5, address: 20 } as const;
/** Where whoever has signed out comes to. */
export const afterSigningOut = "/sign-in?done=signed-out";
/** A browser is known for so long after somebody has signed in there. */
const deviceDays = 180;

/**
 * The pages by which people come in: with a name and a password, and with a second factor where they have one, before which
 * nothing is shown. Who they are is in the audit as soon as it is known; what they typed is nowhere.
 */
export function serveSignInPages(app: FastifyInstance, options: SignInOptions, site: SignInSite): void {
  const { access, local = true, openId, now = () => new Date() } = options;
  const { users, sessions, attempts, devices, audit } = access;
  const halfWays = createHalfWays(now);

  function finish(
    request: FastifyRequest,
    reply: FastifyReply,
    user: User,
    to: string | undefined,
    how: { readonly byIssuer: true } | { readonly passwordMark: string },
  ): FastifyReply {
    const { cookie } = sessions.begin(user, { ...beganFrom(request), ...how }, cookieOf(request, "session"));
    setCookie(reply, "session", cookie);
    removeCookie(reply, "before");
    return reply.redirect(pageFor(user, to, site.navigation), 303);
  }

  function finishHere(
    request: FastifyRequest,
    reply: FastifyReply,
    user: User,
    to: string | undefined,
    passwordMark: string,
  ): FastifyReply {
    setCookie(reply, "device", devices.remember(cookieOf(request, "device"), user.id), deviceDays);
    return finish(request, reply, user, to, { passwordMark });
  }

  function record(request: FastifyRequest, user: User | undefined, outcome: "asked" | "refused"): void {
    audit.record({ actor: user?.id ?? "nobody", source: request.ip, act: "sign-in", outcome, subjects: [] });
  }

  function show(request: FastifyRequest, reply: FastifyReply, view: string, context: object): FastifyReply {
    browserBinding(request, reply);
    const action = view === "web/sign-in" ? "/sign-in" : "/sign-in/second-factor";
    return site.show(reply, view, { local, openId, ...context, action, token: site.token(request, action) });
  }

  function showWait(
    request: FastifyRequest,
    reply: FastifyReply,
    view: string,
    { until }: Attempt & { allowed: false },
    context: object,
  ): FastifyReply {
    const seconds = Math.max(1, Math.ceil((until.getTime() - now().getTime()) / 1000));
    reply.code(429).header("retry-after", String(seconds));
    const problem = tooManyAttempts["not-looked-at"](formatMoment(until));
    return show(request, reply, view, { ...context, problem });
  }

  app.get<Query>("/sign-in", route({ needs: "anybody" }), (request, reply) => {
    const to = ownPath(request.query["to"]);
    const visitor = visitorAt(request);
    if (visitor !== undefined) return reply.redirect(to ?? landingFor(visitor.rights, site.navigation).href, 303);
    const hasLeft = request.query["done"] === "signed-out";
    return show(request, reply, "web/sign-in", { to, ...(hasLeft && { notice: { text: "You have signed out." } }) });
  });

  if (openId !== undefined) {
    const showBare: Doorway["show"] = (reply, view, context) => site.show(reply, view, context);
    const { url, failed } = site;
    const finishByIssuer: Doorway["finish"] = (request, reply, user, to) =>
      finish(request, reply, user, to, { byIssuer: true });
    openId.serve(app, { before: browserBinding, finish: finishByIssuer, show: showBare, toIn: ownPath, url, failed });
  }
  if (!local) return;

  app.post<Form>("/sign-in", route({ needs: "anybody" }), async (request, reply) => {
    const { name = "", password = "" } = request.body ?? {};
    const to = ownPath(request.body?.["to"]);
    const user = users.findByName(name);
    const device = user && devices.find(cookieOf(request, "device"), user.id);
    const attempt = attempts.begin(device === undefined ? strangers(name, request.ip) : known(device));
    if (!attempt.allowed) {
      if (attempt.first) record(request, user, "refused");
      return showWait(request, reply, "web/sign-in", attempt, { to, name });
    }
    const proved = await checkPassword(name, password);
    if (proved === "busy") {
      attempt.takeBack();
      const problem = problemWords["many-at-once"];
      return show(request, reply.code(503), "web/sign-in", { to, name, problem });
    }
    if (proved === undefined) {
      record(request, user, "refused");
      const problem = problemWords["name-or-password"];
      return show(request, reply.code(401), "web/sign-in", { to, name, problem });
    }
    if (!proved.hasSecondFactor) {
      attempt.succeeded();
      return finishHere(request, reply, proved, to, proved.passwordMark);
    }
    record(request, proved, "asked");
    attempt.succeeded();
    halfWays.note(newBrowserBinding(request, reply), {
      userId: proved.id,
      passwordMark: proved.passwordMark,
      to,
    });
    return reply.redirect("/sign-in/second-factor", 303);
  });

  async function checkPassword(name: string, password: string): Promise<Proved | "busy" | undefined> {
    try {
      return await users.checkPassword(name, password);
    } catch (error) {
      if (error instanceof UsersError && error.code === "busy") return "busy";
      throw error;
    }
  }

  app.get("/sign-in/second-factor", route({ needs: "anybody" }), (request, reply) => {
    if (halfWayAt(request, reply) === undefined) return reply.redirect("/sign-in", 303);
    return show(request, reply, "web/second-factor", {});
  });

  app.post<Form>("/sign-in/second-factor", route({ needs: "anybody" }), (request, reply) => {
    const halfWay = halfWayAt(request, reply);
    if (halfWay === undefined) return reply.redirect("/sign-in", 303);
    const { user, to, passwordMark } = halfWay;
    const device = devices.find(cookieOf(request, "device"), user.id) ?? user.id;
    const attempt = attempts.begin([{ who: `code:${device}`, free: free.person }]);
    if (!attempt.allowed) {
      if (attempt.first) record(request, user, "refused");
      return showWait(request, reply, "web/second-factor", attempt, {});
    }
    if (!users.checkSecondFactor(user.id, request.body?.["code"] ?? "")) {
      record(request, user, "refused");
      return show(request, reply.code(401), "web/second-factor", { problem: problemWords["wrong-code"] });
    }
    attempt.succeeded();
    halfWays.remove(browserBinding(request, reply));
    return finishHere(request, reply, user, to, passwordMark);
  });

  /** Who may have been disabled since, have no second factor any more, or another password: who knew that before is out. */
  function halfWayAt(request: FastifyRequest, reply: FastifyReply): (HalfWay & { user: User }) | undefined {
    const halfWay = halfWays.at(browserBinding(request, reply));
    const user = halfWay && users.find(halfWay.userId);
    if (halfWay === undefined || user === undefined || user.disabled || !user.hasSecondFactor) return undefined;
    return users.passwordMark(user.id) === halfWay.passwordMark ? { ...halfWay, user } : undefined;
  }
}

/** Where a sign-in is begun. */
export function beganFrom({ ip, headers }: FastifyRequest): Pick<Beginning, "source" | "browser"> {
  return { source: ip, browser: browserWords(headers["user-agent"]) };
}

/** Where somebody comes to who may go on: what they wanted, or the first page that they may see. */
export function pageFor({ roles }: User, to: string | undefined, navigation: readonly NavigationItem[]): string {
  const page = ownPath(to);
  // Who reads the audit alone sees nothing at `/`.
  return page === undefined || page === "/" ? landingFor(rightsOfAll(roles), navigation).href : page;
}

/** Counted alike whether there is such a user or not. */
function strangers(name: string, address: string): readonly Attempter[] {
  return [
    { who: `name:${foldedName(name)}`, free: free.person },
    { who: `address:${networkOf(address)}`, free: free.address, shared: true },
  ];
}

function known(device: string): readonly Attempter[] {
  return [{ who: device, free: free.person }];
}
