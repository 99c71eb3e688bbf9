/** As the promise, or failed when the signal says so: of what does not look at it itself. What comes of it then, nobody is told. */
export function until<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(Object.assign(new Error("It has taken too long."), { code: "ETIMEDOUT" }));
    const settled = (): void => signal.removeEventListener("abort", end);
    promise.finally(settled).then(resolve, reject);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
