import type { TestServer } from "../test-server.ts";
import type { Lie, RandomLies } from "./lies.ts";
import type { NetworkTls } from "./see-requests.ts";

export interface NetworkOptions {
  /**
   * What lies behind it: a server of this testkit, or a URL (`http:` or `https:`, with its port) or `host:port` of anything
   * that speaks over TCP, or `unix:/PATH` of a socket in a folder.
   */
  readonly to: TestServer | string;
  /** On 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /**
   * How it ends TLS, so that it sees requests; of a server of this testkit it knows that. Absent with `https:`: it sees bytes
   * alone, and cannot lose answers or deliver twice.
   */
  readonly tls?: NetworkTls;
  readonly lies?: readonly Lie[];
  /** Beside them, whom no lie is for. Absent: the truth. */
  readonly random?: RandomLies;
}
