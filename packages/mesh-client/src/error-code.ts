/** The code that Node.js, undici or the system gave an error or what caused it, such as ENOSPC. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; Error.isError(at) && depth < 5; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string") return at.code;
    const [first] = at instanceof AggregateError ? (at.errors as unknown[]) : [];
    if (Error.isError(first) && "code" in first && typeof first.code === "string") return first.code;
  }
  return undefined;
}
