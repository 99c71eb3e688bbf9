/** How long a door waits for who is at its other side, in milliseconds. */
export interface Patience {
  /** No bytes either way for so long, and the connection is closed: of who sends nothing, or reads nothing. */
  idle: number;
  /** The headers of a request. */
  headers: number;
  /** A whole request; 100 MB then need 0.5 Mbit/s. */
  request: number;
  /** How often headers and requests are held against these. */
  look: number;
  /** For the next request, once one is answered. */
  keepAlive: number;
  /** The handshake of TLS. */
  handshake: number;
  /** For whoever has not shown who it is: a handshake and a refusal take far less. */
  stranger: number;
}

export const patience: Patience = {
  idle: 60_000,
  headers: 30_000,
  request: 30 * 60_000,
  look: 5000,
  keepAlive: 30_000,
  handshake: 10_000,
  stranger: 15_000,
};
