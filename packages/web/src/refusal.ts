/** An error that is shown to the person as it is: its message says what to do next, and nothing of the inside. */
export interface Refusal extends Error {
  statusCode: number;
  shown: true;
}

/** What a route throws where it cannot do what was asked. */
export function refusal(statusCode: number, message: string): Refusal {
  return Object.assign(new Error(message), { statusCode, shown: true as const });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && "shown" in error;
}
