import type { Role } from "@restante/web";
import type { Page } from "playwright-core";
import type { SampleWorklist } from "../sample-worklist.ts";

export type Who = Role | "nobody";
/**
 * - `usual`: over HTTPS, with accounts.
 * - `codes`: the same, and whoever has a password must have codes.
 * - `issuer`: the same, with an issuer of OpenID Connect that cannot be reached.
 * - `saving`: documents are saved for a record system, and clinicians are told of what nobody has opened in time.
 * - `computer`: without signing in, to this computer alone.
 */
export type SiteName = "usual" | "saving" | "codes" | "issuer" | "computer";

/** What the steps of a state have besides the page. */
export interface Surroundings {
  readonly url: string;
  /** The code that the authenticator shows which has read what the page shows. */
  readonly codeOn: (page: Page) => Promise<string>;
  readonly password: string;
}

export interface PageState {
  /** What it shows; also the name of its picture. */
  readonly name: string;
  /** What is opened first. */
  readonly path: string;
  /** The routes that are shown or used, such as `GET /tasks/:id`. */
  readonly routes: readonly string[];
  /** Who looks: a clinician, unless another is named. */
  readonly who?: Who;
  /** `usual`, if absent. */
  readonly site?: SiteName;
  /** What the sample has besides. */
  readonly before?: (worklist: SampleWorklist) => void;
  /** What the person then does; with scripts and without. */
  readonly steps?: (page: Page, surroundings: Surroundings) => Promise<void>;
  /** In a browser of its own: it signs in or out, or shows what another state has changed. */
  readonly alone?: true;
  /** It has a document alone, with nothing around it. */
  readonly bare?: true;
  /** Its paper matters too. */
  readonly printed?: true;
}
