import type { Duration } from "@restante/control";

export type Way = "to-server" | "to-client";

/** What is done to a connection, once `after` bytes have passed that way: none, if absent. With HTTPS they are bytes of TLS. */
export type ConnectionLie =
  /** Broken off: whom the bytes were for has got them, and then the end; the other a reset. */
  | { readonly do: "cut"; readonly way: Way; readonly after?: number }
  /** Half-open: this way ends, and whose bytes they are is not told. The other way goes on. */
  | { readonly do: "close"; readonly way: Way; readonly after?: number }
  /** Half-open: no further byte arrives this way, and neither side is told. The other way goes on. */
  | { readonly do: "swallow"; readonly way: Way; readonly after?: number }
  | { readonly do: "slow"; readonly way: Way; readonly bytesPerSecond: number; readonly after?: number }
  /** It is reset before a byte has passed, and for so long nobody listens: ECONNREFUSED. */
  | { readonly do: "refuse"; readonly for: Duration };

/** What is done to a request. For these the network must see requests: plain HTTP, or `tls`. */
export type RequestLie =
  /** The server gets all of it and answers; the client gets nothing of that, and the connection ends. */
  | { readonly do: "lose-answer" }
  /** The server gets it twice, one after the other, byte for byte. The client gets the answer to the first, if `answer` is absent. */
  | { readonly do: "deliver-twice"; readonly answer?: "first" | "second" };

/**
 * A lie, and whom it meets: the connection or request of this number since the start, from 1; every one; or, if absent, the
 * next that no other lie is for. With a `method`, requests of this method alone: `POST` sends, `PUT` acknowledges.
 */
export type Lie =
  | (ConnectionLie & { readonly connection?: number | "every" })
  | (RequestLie & { readonly request?: number | "every"; readonly method?: string });

/** A lie that was told, and to which: as `lies` of another network it says the same again. */
export type ToldLie =
  | (ConnectionLie & { readonly connection: number })
  | (RequestLie & { readonly request: number; readonly method?: string });

export type LieKind = Lie["do"];

/** Lies by chance, the same for the same seed: what connection or request of which number meets depends on nothing else. */
export interface RandomLies {
  readonly seed: number;
  /** That a connection is lied to, and that a request is. Default 0.3. */
  readonly chance?: number;
  /** Default: all that this network can. */
  readonly kinds?: readonly LieKind[];
  /** The most bytes after which. Small numbers are as likely as large ones. Default 100,000. */
  readonly mostBytes?: number;
}

export const requestKinds: readonly RequestLie["do"][] = ["lose-answer", "deliver-twice"];
export const connectionKinds: readonly ConnectionLie["do"][] = ["cut", "close", "swallow", "slow", "refuse"];

export function isOfRequest(lie: Lie): lie is Extract<Lie, RequestLie> {
  return requestKinds.some((kind) => kind === lie.do);
}
