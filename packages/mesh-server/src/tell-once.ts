/** Tells a reason only if it is another than the last, so that a failure that lasts is told once. */
export function tellOnce(tell: (reason: string) => void): { failed(reason: string): void; worked(): void } {
  let last: string | undefined;
  return {
    failed(reason) {
      if (reason !== last) tell(reason);
      last = reason;
    },
    worked() {
      last = undefined;
    },
  };
}
