import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "@restante/mesh";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { checkDoor, type Door } from "./access/door/door.ts";
import { secure } from "./access/door/own-certificate.ts";
import { answerPlainHttp } from "./access/door/plain-http.ts";
import { type RefusedVisit, tellVisits } from "./access/door/visit-fault.ts";
import { wayIn } from "./access/door/way-in.ts";
import { ownPath } from "./access/pages/own-path.ts";
import { type AccountSite, serveAccountPages } from "./access/pages/account-pages.ts";
import { recogniseVisitors } from "./access/pages/recognise.ts";
import type { SignInOptions, SignInSite } from "./access/pages/sign-in-options.ts";
import { serveSignInPages } from "./access/pages/sign-in-pages.ts";
import { isOfPrograms, requireRights, type ServedRoute } from "./access/route-access.ts";
import { rights } from "./access/rights.ts";
import { recogniseTokens, type TokenAccess } from "./access/tokens/recognise-tokens.ts";
import { noteVisitor, signedInAt, type Visitor, visitorAt } from "./access/visitor.ts";
import { problem } from "./api/problem.ts";
import { type ApiOptions, serveApi } from "./api/serve-api.ts";
import { type AssetFolder, serveAssets } from "./assets.ts";
import type { Audit } from "./audit/audit.ts";
import { type AuditPagesOptions, serveAuditPages } from "./audit/pages/audit-pages.ts";
import { printedForm, servePrinted } from "./audit/printed.ts";
import { noteListed, recordRequests } from "./audit/record-requests.ts";
import { createFormTokens, requireFormTokens } from "./form-tokens.ts";
import { frameFor, type NavigationItem } from "./frame.ts";
import { guard } from "./guard.ts";
import { requireLoopback } from "./loopback.ts";
import { type MessageGroup, messagesPath, serveMessages } from "./messages.ts";
import { type PageTrouble, watchPages } from "./page-troubles.ts";
import { showProblems } from "./problems.ts";
import { SiteError } from "./site-error.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { createTemplates } from "./templates.ts";
import { refusalWords } from "./refusal-words.ts";

export type Routes = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

export interface SiteOptions {
  /** Without a door 127.0.0.1, ::1 or localhost. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Absent: HTTP, on this computer alone, where whoever uses it may do everything. */
  door?: Door;
  /** Is told who is turned away at the door, and whose form is: at once, then at growing intervals. */
  onRefusedVisit?: (refused: RefusedVisit) => void;
  /** Whose site it is: the last part of every page's title. */
  name: string;
  /** In the head of every page. */
  heading: string;
  /**
   * Whether the NHS logo stands beside it, and is the pages' icon: for those alone who may use it (NHS identity guidelines). No, if
   * absent.
   */
  nhsLogo?: boolean;
  /** What the page at `/` is called in a sentence, such as `the worklist`. */
  home: string;
  navigation: readonly NavigationItem[];
  /** The folder of the site's templates. A page extends `web/page.njk`. */
  views: URL;
  /** What browsers may have besides, as `/assets/KEY/NAME`. */
  assets?: Readonly<Record<string, AssetFolder>>;
  /** The addresses of styles that every page has besides the design system's. */
  styles?: readonly string[];
  /** What every template may use, by name. */
  globals?: Readonly<Record<string, unknown>>;
  filters?: Readonly<Record<string, (value: never, ...more: never[]) => unknown>>;
  /** What every page shows besides its own, as of now. Where it fails, so does the page. */
  surroundings?: () => Promise<Surroundings>;
  /** What a failure is in words for a person; undefined: nothing that they could do about. */
  explain?: (error: unknown) => Refusal | undefined;
  /**
   * Is told of pages that fail inside, of which a person is shown only that they do: at once, then at growing intervals, and
   * when they work again. `error` is for who develops the site: it may quote what a page shows, so it is never logged.
   */
  onTrouble?: (trouble: PageTrouble, error?: unknown) => void;
  /** What a person is told who asks for a page that there is not. */
  notFound?: string;
  routes: (app: Routes, site: Site) => void;
  /** What it tells people, for the page that shows all of that to whoever has signed in. Absent: there is none. */
  messages?: readonly MessageGroup[];
  /** Where it is written down who saw and did what, before they do. */
  audit: Audit;
  /** With a door, and only then. */
  signIn?: SignInOptions;
  /** Its own pages, for who may read it. Absent: there are none. */
  auditPages?: AuditPagesOptions;
  /** What programs may ask for, by a token; without a sign-in also without one. Absent: there is nothing. */
  api?: SiteApi;
  clock?: Clock;
}

/** What is served to programs, and who knows them. */
export interface SiteApi extends Omit<ApiOptions, "routes"> {
  readonly access: TokenAccess;
  readonly routes: (app: Routes, site: Site) => void;
}

/** What stands on every page, whatever it is about. */
export interface Surroundings {
  /** Behind the name of a section: how many of what, such as `4` and `to do`. */
  numbers?: Readonly<Record<string, { count: number; of: string }>>;
  /** What the system itself cannot do now, in sentences. */
  troubles?: readonly string[];
  [more: string]: unknown;
}

/** What the routes of a site have in common. Each says of itself who may use it and what the audit has of it: `route()`. */
export interface Site {
  /** Who is at the other end. */
  readonly visitor: (request: Request) => Visitor;
  /** The token that a form carries to `action`: good for this sign-in, for 12 hours and more. A form without it is refused. */
  readonly token: (request: Request, action: string) => string;
  /** What a list shows, such as `task:12`, for the audit. */
  readonly listed: (request: Request, subjects: readonly string[]) => void;
  /** Sends a page; what stands on every page is as of now. */
  readonly show: (reply: Reply, view: string, context: object) => Promise<void>;
}

export interface SiteServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8431`, or the address of its door. */
  readonly url: string;
  /** At which it listens, whatever it is reached at. */
  readonly port: number;
  /** All that it serves, and to whom. */
  readonly routes: readonly ServedRoute[];
}

/**
 * Serves pages to people: by a door to those who have signed in, what they may see and do; without one, over HTTP on this
 * computer alone, to whoever uses it, everything. Every answer carries the guards of guard.ts; a form is taken only from one of
 * these pages, with its token.
 *
 * @throws SiteError; whatever listening throws, such as EADDRINUSE.
 * @example
 * await using site = await createSite({
 *   host: "127.0.0.1", port: 0, name: "Harbour Light", heading: "Harbour Light (Y90002)", home: "the list",
 *   navigation: [{ section: "list", href: "/", text: "List" }],
 *   views: new URL("views/", import.meta.url),
 *   routes(app, site) {
 *     app.get("/", route({ needs: "see", act: "list" }), (_, reply) => site.show(reply, "list", { items }));
 *   },
 * });
 */
export async function createSite(options: SiteOptions): Promise<SiteServer> {
  const { host, api, clock = systemClock, surroundings = async () => ({}), onTrouble = () => undefined } = options;
  const { door, signIn, onRefusedVisit = () => undefined } = options;
  if (door === undefined) requireLoopback(host);
  else checkDoor(door, host);
  if ((door === undefined) !== (signIn === undefined)) throw new SiteError("door-unusable", togetherAlone);
  const way = wayIn(door, () => port());
  const app: FastifyInstance = fastify({
    ...(door?.tls !== undefined && { https: { ...secure(door.tls), handshakeTimeout: 10_000 } }),
    trustProxy: way.trusts ?? false,
    bodyLimit: 16_384,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    rewriteUrl(request) {
      way.prepare(request);
      const { url = "/" } = request;
      return isReadable(url) ? url : nowhere;
    },
    // Browsers keep connections open, and closing must not wait for them.
    forceCloseConnections: true,
  });
  const port = (): number => (app.server.address() as AddressInfo).port;
  const url = (): string =>
    door?.address?.origin ?? `${door === undefined ? "http" : "https"}://${shown(host)}:${port()}`;
  if (door?.tls !== undefined) answerPlainHttp(app.server, url);
  const { name, heading, nhsLogo = false, home, auditPages, styles = [], views, filters = {} } = options;
  const navigation = auditPages === undefined ? options.navigation : [...options.navigation, toAudit];
  const messages = options.messages === undefined ? undefined : messagesPath;
  const globals = { ...options.globals, site: { name, heading, nhsLogo, home, styles } };
  const render = createTemplates({ views, filters, globals });
  const tokens = createFormTokens(clock);
  const token: Site["token"] = (request, action) => tokens.issue(request, action);
  const nobody = signIn === undefined ? thisComputer : undefined;
  const frameOf = (request: Request): object =>
    frameFor(visitorAt(request) ?? nobody, { name, home, navigation, messages }, () => token(request, "/sign-out"));

  const onFault = tellVisits(clock, onRefusedVisit);
  guard(app, way, onFault);
  app.server.maxConnections = mostConnections;
  app.server.on("drop", (from) => onFault("too-many-at-once", from?.remoteAddress));
  if (signIn === undefined) app.addHook("onRequest", async (request) => noteVisitor(request, thisComputer));
  else recogniseVisitors(app, signIn.access.sessions, signIn.secondFactor);
  if (api !== undefined) recogniseTokens(app, api.access, onFault, signIn?.now);
  const troubles = watchPages(app, clock, onTrouble);
  readForms(app);
  const routes = requireRights(app, leadToTheDoor);
  requireFormTokens(app, tokens, onFault);
  servePrinted(app);
  recordRequests(app, options.audit, troubles);
  serveAssets(app, options.assets ?? {});
  const show: Site["show"] = async (reply, view, context) => {
    const { request } = reply;
    // Who may not see patients is not told how many wait.
    const around = signedInAt(request).rights.has("see") ? await surroundings() : {};
    const printed = printedForm(request, token);
    await send(reply, render(view, { ...around, ...frameOf(request), printed, ...context }));
  };
  const site: Site = { visitor: signedInAt, token, listed: noteListed, show };
  options.routes(app, site);
  if (api !== undefined) {
    const { routes: serve, ...of } = api;
    serveApi(app, { ...of, routes: (under) => serve(under, site) }, troubles, options.explain);
  }
  if (options.messages !== undefined) serveMessages(app, show, options.messages);
  if (auditPages !== undefined) {
    const userName = (id: string): string | undefined => signIn?.access.users.find(id)?.name;
    serveAuditPages(app, site, options.audit, { userName, ...auditPages });
  }
  if (signIn !== undefined) {
    const showBare: SignInSite["show"] = (reply, view, context) =>
      send(reply, render(view, { ...frameOf(reply.request), ...context }));
    const failed: AccountSite["failed"] = (request, error) => troubles.failed(request, error);
    serveSignInPages(app, signIn, { token, navigation, url, failed, show: showBare });
    serveAccountPages(app, signIn, { token, show, showBare, failed, navigation });
  }
  showProblems(
    app,
    (request, context) => render("web/problem", { ...frameOf(request), ...context }),
    troubles,
    options,
  );

  await app.listen({ host, port: options.port });
  return {
    url: url(),
    port: port(),
    routes,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** A browser has six at once at most: those of some hundred people. Each is an open file of the process, which needs others. */
const mostConnections = 1000;

const togetherAlone =
  "Who comes by a door must be able to sign in, and who is to sign in comes by a door: one is not without the other.";

function shown(host: string): string {
  return host === "::1" ? "[::1]" : host;
}

/** Without sign-in nobody knows better who it is, and whoever uses this computer may do everything. */
const thisComputer: Visitor = {
  id: "this-computer",
  name: "this computer",
  rights: new Set(rights),
  binding: "this-computer",
};

const toAudit: NavigationItem = {
  section: "audit",
  href: "/audit",
  text: "Audit",
  inSentence: "the audit",
  needs: "audit",
};

/** What was sent by a form is not kept: it is sent again by who has signed in, and set up what is demanded. */
function leadToTheDoor(request: Request, reply: Reply): Reply {
  const { page, refused } = visitorAt(request) === undefined ? signInFirst : setUpFirst;
  if (isOfPrograms(request)) throw problem("not-allowed", { detail: refused });
  if (request.method === "POST") throw refusal(403, refused);
  const to = ownPath(request.url);
  return reply.redirect(to === undefined || to === "/" ? page : `${page}?to=${encodeURIComponent(to)}`, 303);
}

const signInFirst = {
  page: "/sign-in",
  refused: refusalWords["signed-out"],
};
const setUpFirst = {
  page: "/account",
  refused: refusalWords["codes-first"],
};

function send(reply: Reply, page: string): Reply {
  return reply.type("text/html; charset=utf-8").send(page);
}

/** No route has it. */
const nowhere = "//";

/**
 * Where the percent signs of a path stand for nothing, fastify would answer by itself, before any guard. An address that is whole
 * (`https://other.example/`) has a name of its own, which nothing else would look at.
 */
function isReadable(url: string): boolean {
  if (!url.startsWith("/")) return false;
  try {
    decodeURIComponent(url.split("?")[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

/** The only body that pages take. */
function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())));
  });
}
