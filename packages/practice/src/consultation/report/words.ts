import type { PersonName, PostalAddress } from "../consultation.ts";
import { isolated } from "./direction.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `SMITH, John Simon (Mr)`, as the report's template has it. */
export function nameWords({ family, given, prefix }: PersonName): string {
  const name = `${isolated(family.toLocaleUpperCase("en-GB"))}, ${isolated(given.join(" "))}`;
  return prefix === undefined ? name : `${name} (${isolated(prefix)})`;
}

/** `Dr Łukasz Nowak`. */
export function clinicianWords({ family, given, prefix }: PersonName): string {
  return [prefix, ...given, family]
    .filter((part) => part !== undefined)
    .map(isolated)
    .join(" ");
}

/** `dd-MMM-yyyy` of an ISO date. */
export function dateWords(isoDate: string): string {
  const [year = "", month = "", day = ""] = isoDate.split("-");
  return [day, months[Number(month) - 1], year].filter(Boolean).join("-");
}

/** `dd-MMM-yyyy hh:mm` by the clocks of the United Kingdom, where the appointment was. */
export function dateTimeWords(moment: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/London",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(moment);
  const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? "";
  return `${dateWords(`${part("year")}-${part("month")}-${part("day")}`)} ${part("hour")}:${part("minute")}`;
}

export function addressWords({ lines, postcode }: PostalAddress): string {
  return [...lines, postcode]
    .filter((line) => line !== undefined)
    .map(isolated)
    .join(", ");
}

/**
 * `Area Code Local Number [x Extension Number]`, with a space before the last four digits of a local number of more than
 * six (pdf-fields, Tel No). What does not look like a telephone number of the United Kingdom stays as it was written.
 */
export function phoneWords(phone: string): string {
  const [, written = "", extension] = /^(.*?)\s*(?:(?:x|ext\.?|extension)\s*(\d+))?$/i.exec(phone.trim()) ?? [];
  const digits = written.replaceAll(/[\s().-]/g, "").replace(/^(\+|00)44/, "0");
  if (!/^0[1-9]\d{8,9}$/.test(digits)) return phone.trim();
  const area = areaLength(digits);
  const local = digits.slice(area);
  const spaced = local.length > 6 ? `${local.slice(0, -4)} ${local.slice(-4)}` : local;
  return `${digits.slice(0, area)} ${spaced}${extension === undefined ? "" : ` x${extension}`}`;
}

/** By Ofcom's numbering plan: 020, 0113 and 0121, 0300 and 0800, else five digits, as for 01632 and 07700. */
function areaLength(digits: string): number {
  if (digits.startsWith("02")) return 3;
  if (/^(01\d1|011\d|0[3589])/.test(digits)) return 4;
  return 5;
}
