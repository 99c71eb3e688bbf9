/**
 * A whole number of a query or a path, undefined where there is none or something else. In one spelling: `/tasks/07` would show
 * task 7 to somebody of whom the audit has another.
 */
export function numberIn(values: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = values[name];
  return typeof value === "string" && /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : undefined;
}
