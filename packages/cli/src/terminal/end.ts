/** In milliseconds: far longer than what is only on its way needs. */
const LEFT_MS = 5000;

/**
 * The command is done. What it began and cannot end, such as a program that was to give the access keys of a store, keeps the process
 * no longer than that; whoever reads what was printed does, at their leisure.
 */
export function endSoon(process: NodeJS.Process): void {
  // unref: it keeps no process alive itself.
  setInterval(() => {
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
  }, LEFT_MS).unref();
}
