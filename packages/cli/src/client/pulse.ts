import { Readable } from "node:stream";
import type { DownloadedMessage, MeshClient } from "@restante/mesh-client";
import type { PollObserver } from "@restante/mesh-client/directory";

/**
 * Whether the loop of one mailbox turns. It gives a sign of itself when a poll begins or ends, when it tells of something, and
 * when a piece of a message comes. A call to the server that is under way counts as a sign: it has time-outs of its own. So what
 * is found to give none is a disk or a share that does not answer, or a defect.
 */
export interface Pulse {
  readonly observer: PollObserver;
  /** It has told of something. */
  sign(): void;
  /** The same client, whose calls are signs. */
  follow(client: MeshClient): MeshClient;
  /** Milliseconds since its last sign, once those are too many; undefined while it turns. */
  stillFor(): number | undefined;
}

/** To pack 20 GB, or to copy it between two disks, gives no sign either. */
const STILL_MS = 30 * 60 * 1000;

/** `longestIntervalMs`: between two polls. `now`, in milliseconds, goes on evenly: a clock that is put forward must not stop a service. */
export function createPulse(longestIntervalMs: number, now: () => number = () => performance.now()): Pulse {
  let signAt = now();
  let isPolling = false;
  let calls = 0;
  const sign = (): void => {
    signAt = now();
  };
  async function called<Answer>(answer: Promise<Answer>): Promise<Answer> {
    sign();
    calls += 1;
    try {
      return await answer;
    } finally {
      calls -= 1;
      sign();
    }
  }
  return {
    observer: {
      begins() {
        isPolling = true;
        sign();
      },
      ended() {
        isPolling = false;
        sign();
      },
    },
    sign,
    follow(client) {
      const followed: Partial<MeshClient> = {
        handshake: (...given) => called(client.handshake(...given)),
        send: (...given) => called(client.send(...given)),
        sendChunk: (...given) => called(client.sendChunk(...given)),
        download: async (...given) => withBodyFollowed(await called(client.download(...given)), sign),
        acknowledge: (...given) => called(client.acknowledge(...given)),
        track: (...given) => called(client.track(...given)),
        trackByLocalId: (...given) => called(client.trackByLocalId(...given)),
      };
      return Object.assign(Object.create(client) as MeshClient, followed);
    },
    stillFor() {
      if (calls > 0) return undefined;
      const most = isPolling ? STILL_MS : longestIntervalMs + STILL_MS;
      const still = now() - signAt;
      return still >= most ? still : undefined;
    },
  };
}

/** What else a message says of itself is known as its body is read, so it is asked as it was. */
function withBodyFollowed(message: DownloadedMessage, sign: () => void): DownloadedMessage {
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of message.body as AsyncIterable<Uint8Array>) {
      sign();
      yield piece;
    }
  };
  const body = Readable.from(pieces(), { objectMode: false });
  body.once("close", () => message.body.destroy());
  return Object.create(message, { body: { value: body, enumerable: true } }) as DownloadedMessage;
}
