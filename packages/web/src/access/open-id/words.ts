import type { NotAdmitted } from "./admit.ts";
import type { IssuerErrorCode } from "./issuer-error.ts";

/** Why nobody was signed in. */
export type WhyNot =
  | NotAdmitted
  | Exclude<IssuerErrorCode, "issuer-slow" | "issuer-refuses-client">
  | "not-begun"
  | "not-as-required";

interface Words {
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  /** Whether somebody has to be asked. */
  readonly ask?: true;
}

export const words: Readonly<Record<WhyNot, Words>> = {
  unknown: {
    status: 403,
    heading: "You have no account here",
    text: "The sign-in service knows who you are, but you have not been given an account on this system.",
    ask: true,
  },
  "no-role": {
    status: 403,
    heading: "You have no role here",
    text: "The sign-in service knows who you are, but nothing that it says of you gives you a role on this system.",
    ask: true,
  },
  disabled: {
    status: 403,
    heading: "Your account here is closed",
    text: "The sign-in service knows who you are, but your account on this system has been disabled.",
    ask: true,
  },
  "last-administrator": {
    status: 403,
    heading: "Nobody else gives out the roles here",
    text: "The sign-in service does not say any more that you are an administrator, and you are the last one of this system. Before you can sign in, somebody else has to be made an administrator.",
    ask: true,
  },
  "not-as-required": {
    status: 403,
    heading: "This way to sign in is not enough here",
    text: "The sign-in service knows who you are, but not as surely as this system asks for. Sign in there in another way, such as with a smartcard.",
    ask: true,
  },
  "sign-in-refused": {
    status: 403,
    heading: "You were not signed in",
    text: "The sign-in service did not sign you in, or you turned back there.",
  },
  "not-begun": {
    status: 400,
    heading: "Sign in again",
    text: "This sign-in was begun in another browser or too long ago, or it has been used already.",
  },
  "issuer-not-trusted": {
    status: 502,
    heading: "The sign-in could not be checked",
    text: "What the sign-in service said of you does not hold together, so you were not signed in. Try again; if it keeps happening, tell support.",
  },
  "issuer-unreachable": {
    status: 503,
    heading: "The sign-in service cannot be reached",
    text: "It did not answer, so you were not signed in. Try again in a few minutes; if it keeps happening, tell support.",
  },
};
