import type { Socket } from "node:net";

const beingReset = new WeakSet<Socket>();

/**
 * Ends it with a reset. What still waits to be written would be waited for, perhaps for ever, and a socket whose end is just
 * being written cannot be reset (libuv, uv_tcp_close_reset: EINVAL), and would then never be closed: these are closed. So is one in
 * a folder, which knows no reset.
 */
export function reset(socket: Socket): void {
  if (beingReset.has(socket)) return;
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (socket.connecting || socket.writableLength > 0 || isEnding || socket.remoteFamily === undefined) {
    return void socket.destroy();
  }
  beingReset.add(socket);
  socket.resetAndDestroy();
}
