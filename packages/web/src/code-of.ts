import { CodedError } from "@restante/mesh";

/** Ours, that of the system or of a library, or at least what kind of error it is; never its message, which may quote what a page shows. */
export function codeOf(error: unknown): string {
  const { code, name } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (error instanceof CodedError) return error.code;
  return [code, name].find((word) => word !== undefined && /^[A-Za-z][\w-]{0,63}$/.test(word)) ?? "unknown";
}
