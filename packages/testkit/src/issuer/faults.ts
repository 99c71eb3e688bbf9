/** What an issuer is asked at. */
export type Endpoint = "configuration" | "keys" | "authorize" | "token" | "userinfo" | "end-session";

/** What the issuer does wrong, until it is told otherwise. */
export interface IssuerFaults {
  /** Claims of its ID tokens in the place of the right ones; `undefined` leaves one out. */
  readonly idToken?: Readonly<Record<string, unknown>>;
  /**
   * - `none`: the ID token says that it needs no signature, and has none.
   * - `other-key`: it is signed by a key that the issuer does not publish.
   * - `client-secret`: it is signed by what the client has too (HS256).
   * - `changed`: what it says is not what was signed.
   */
  readonly signature?: "none" | "other-key" | "client-secret" | "changed";
  /** What the browser takes back in the place of the right values, such as `{ state: "another" }`. */
  readonly answer?: Readonly<Record<string, string | undefined>>;
  /** What it says of itself in the place of the right values. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** What it says of the person besides, when it is asked. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** It takes a code a second time, and asks for no proof that it is in the right hands (PKCE). */
  readonly careless?: true;
  /** What is asked here finds the connection cut. */
  readonly dead?: readonly Endpoint[];
  /** What is asked here is never answered. */
  readonly silent?: readonly Endpoint[];
  /** What is asked here is answered with 503. */
  readonly failing?: readonly Endpoint[];
}
