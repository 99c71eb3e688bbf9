/** `yyyyMMddHHmmss`, or ISO with or without a zone; UTC where none is given. Undefined if it is neither. */
export function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text) ?? [];
  const iso = year === undefined ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
