import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { NavigationItem } from "../../frame.ts";
import type { Access } from "../open-access.ts";
import type { User } from "../users/user.ts";

/** Whether whoever has a password here sets codes up if they like, or before anything else. */
export type SecondFactorDemand = "optional" | "required";

/** How people sign in on a site. */
export interface SignInOptions {
  readonly access: Omit<Access, keyof Disposable>;
  /** Whether with a name and a password of this system. Yes, if absent. */
  readonly local?: boolean;
  /** Of whoever signs in so. Optional, if absent. */
  readonly secondFactor?: SecondFactorDemand;
  readonly openId?: OpenIdWay;
  /** The machine's own clock, if absent. */
  readonly now?: () => Date;
}

/** Signing in elsewhere, beside the form. */
export interface OpenIdWay {
  /** Of its button, such as `Sign in with NHS CIS2`. */
  readonly text: string;
  /** Where its button leads; gets `?to=`. */
  readonly href: string;
  /** Serves its pages. */
  readonly serve: (app: FastifyInstance, doorway: Doorway) => void;
  /** The page of this site that whoever signs out comes to, if the sign-in elsewhere is to end with this one. */
  readonly signedOut?: (user: User, session: string) => string | undefined;
}

/** What every way to sign in ends with. */
export interface Doorway {
  /** What ties what is begun here to this browser. */
  readonly before: (request: FastifyRequest, reply: FastifyReply) => string;
  /** Signs this user in, whom the caller has proved to be there, and leads on. */
  readonly finish: (request: FastifyRequest, reply: FastifyReply, user: User, to?: string) => FastifyReply;
  /** A page without anything that only who has signed in may see. */
  readonly show: (reply: FastifyReply, view: string, context: object) => FastifyReply;
  /** The page of this site that somebody wanted to go to; undefined for anything else. */
  readonly toIn: (given: unknown) => string | undefined;
  /** Of this site, for browsers, as soon as it is served. */
  readonly url: () => string;
  /** Whoever runs the site is told. */
  readonly failed: (request: FastifyRequest, error: Error) => void;
}

/** What the pages of signing in have of their site. */
export interface SignInSite extends Pick<Doorway, "show" | "url" | "failed"> {
  readonly token: (request: FastifyRequest, action: string) => string;
  readonly navigation: readonly NavigationItem[];
}
