import { errors } from "undici";

/**
 * What a body brings, piece by piece, as long as it brings a byte for each millisecond that is waited for it: else it fails as one
 * that stopped. A byte a minute is never too late for a time-out, and would hold up all behind it for years. Only the waiting
 * counts, not what the reader does meanwhile.
 *
 * @param overMs the pace is looked at after each so many milliseconds of waiting
 */
export async function* atPace(body: AsyncIterable<Buffer>, overMs: number): AsyncGenerator<Buffer, void, undefined> {
  let waitedMs = 0;
  let bytes = 0;
  let since = performance.now();
  for await (const piece of body) {
    waitedMs += performance.now() - since;
    bytes += piece.length;
    if (waitedMs >= overMs) {
      if (bytes < waitedMs) throw new errors.BodyTimeoutError();
      waitedMs = 0;
      bytes = 0;
    }
    yield piece;
    since = performance.now();
  }
}
