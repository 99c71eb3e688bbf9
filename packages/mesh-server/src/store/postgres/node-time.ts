// The clock that nodes share: the database's.

import { CLOCK_TOLERANCE_MS } from "../../time/clock-guard.ts";

/** In milliseconds since 1970. */
export const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/**
 * How far a node's clock may be from the database's. Two nodes are then no further apart than one machine's clock may move: no
 * token is forgotten by one that is good at the other.
 */
export const MOST_APART_MS: number = CLOCK_TOLERANCE_MS / 2;
