// A connection through the network: two sockets, and what is done between them.

import type { Socket } from "node:net";

import type { ConnectionLie, Way } from "./lies.ts";
import { reset } from "./reset.ts";
import type { Silence } from "./silence.ts";

export type CarriedLie = Exclude<ConnectionLie, { readonly do: "refuse" }>;

/** How many times in a second something of a slow way arrives. */
const TICKS = 50;

/** Passes on what comes from either until both have ended. `did`: the lie was told. */
export function carry(
  client: Socket,
  server: Socket,
  silence: Silence,
  lie: CarriedLie | undefined,
  did: () => void,
): void {
  const of = (way: Way): CarriedLie | undefined => (lie?.way === way ? lie : undefined);
  pass(client, server, silence, of("to-server"), did);
  pass(server, client, silence, of("to-client"), did);
}

/** One way. */
function pass(from: Socket, to: Socket, silence: Silence, lie: CarriedLie | undefined, did: () => void): void {
  let honest = lie === undefined ? Infinity : (lie.after ?? 0);
  /** What a slow way has taken, and not yet given. */
  const queue: Buffer[] = [];
  let ticking: NodeJS.Timeout | undefined;
  /** Nothing of what comes is passed on any more. */
  let isOver = false;
  let hasEnded = false;

  function take(bytes: Buffer): void {
    if (isOver) return;
    const passed = bytes.subarray(0, honest);
    if (passed.length > 0 && !to.write(passed)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
    if (lie === undefined) return;
    const isNow = honest > 0 && passed.length === honest;
    honest -= passed.length;
    if (isNow) begin(lie);
    const rest = bytes.subarray(passed.length);
    if (lie.do === "slow" && rest.length > 0) trickle(rest, lie.bytesPerSecond);
  }

  /** The honest bytes have passed. */
  function begin(lie: CarriedLie): void {
    did();
    if (lie.do === "slow") return;
    isOver = true;
    if (lie.do === "close") to.end();
    if (lie.do !== "cut") return;
    to.destroySoon();
    reset(from);
  }

  function trickle(bytes: Buffer, bytesPerSecond: number): void {
    queue.push(bytes);
    from.pause();
    ticking ??= setInterval(() => {
      if (silence.lasts) return;
      let room = Math.max(1, Math.round(bytesPerSecond / TICKS));
      while (room > 0 && queue.length > 0) {
        const [first = Buffer.alloc(0)] = queue;
        to.write(first.subarray(0, room));
        if (first.length > room) queue[0] = first.subarray(room);
        else queue.shift();
        room -= first.length;
      }
      if (queue.length > 0) return;
      clearInterval(ticking);
      ticking = undefined;
      if (hasEnded) end();
      else from.resume();
    }, 1000 / TICKS);
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    to.end();
  }

  function close(): void {
    if (lie?.do === "swallow" && isOver) return;
    if (hasEnded && ticking !== undefined) return;
    if (hasEnded) return to.destroySoon();
    clearInterval(ticking);
    reset(to);
  }

  from
    .on("data", (bytes) => {
      if (!silence.lasts) return take(bytes);
      from.pause();
      silence.heed(() => {
        from.resume();
        take(bytes);
      });
    })
    .once("end", () =>
      silence.heed(() => {
        hasEnded = true;
        if (ticking === undefined) end();
      }),
    )
    // What it fails with is told to the other side by the same.
    .on("error", () => undefined)
    .once("close", () => silence.heed(close));
  to.once("close", () => clearInterval(ticking));
  if (lie !== undefined && honest === 0) begin(lie);
}
