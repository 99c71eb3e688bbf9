/** A whole number of a query or a path, undefined where there is none or something else. */
export function numberIn(values: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = values[name];
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
