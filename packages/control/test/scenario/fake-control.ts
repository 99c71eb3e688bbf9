import type { Control } from "@restante/control";

export interface Asked {
  readonly verb: string;
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
}

export type Answering = (asked: Asked) => unknown;

/** A Control whose every verb is remembered, and answers what `answering` does. */
export function fakeControl(answering: Answering = () => ({})): { control: Control; asked: Asked[] } {
  const asked: Asked[] = [];
  const call =
    (verb: string) =>
    async (input: unknown, options?: { signal?: AbortSignal }): Promise<unknown> => {
      const one = { verb, input, signal: options?.signal };
      asked.push(one);
      return answering(one);
    };
  const group = (name: string): object =>
    new Proxy({}, { get: (_, verb) => (typeof verb === "string" ? call(`${name}.${verb}`) : undefined) });
  const control = new Proxy(
    { reset: call("reset") },
    { get: (own, name) => (name === "reset" ? own.reset : group(String(name))) },
  );
  return { control: control as unknown as Control, asked };
}

/** Never, until the signal ends it. */
export function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) end();
    signal?.addEventListener("abort", end);
  });
}
