import { decodeHeaderText } from "./header-text.ts";
import { MeshError } from "./mesh-error.ts";

/** A patient, named so that MESH can find the registered practice: `GPPROVIDER_<NHS number>_<born>_<surname>`. */
export interface RoutingAddress {
  /** As written: not checked here. */
  readonly nhsNumber: string;
  /** `yyyy-mm-dd`; undefined if it is not a date between 1850 and 2100 in either order. */
  readonly dateOfBirth: string | undefined;
  readonly surname: string;
}

/** DDMMYYYY in GP Connect Messaging 1.x; YYYYMMDD in Send Document 2.0.1 and the newer MESH guidance. */
export type DateOrder = "DDMMYYYY" | "YYYYMMDD";

/** Whether the recipient is a patient's practice rather than a mailbox. GPPROVIDER counts in upper case only. */
export function isRoutingAddress(to: string): boolean {
  return to.startsWith("GPPROVIDER");
}

/**
 * Undefined if the address has fewer than four parts. Only the first three underscores divide: a surname keeps its own.
 * Either date order is read: no eight digits are a date between 1850 and 2100 in both. A surname that arrives as UTF-8
 * read as Latin-1 is repaired.
 */
export function parseRoutingAddress(to: string): RoutingAddress | undefined {
  const [prefix, nhsNumber, born, ...surname] = decodeHeaderText(to).trim().split("_");
  if (prefix !== "GPPROVIDER" || nhsNumber === undefined || born === undefined || surname.length === 0)
    return undefined;
  return {
    nhsNumber: nhsNumber.trim(),
    dateOfBirth: readDate(born.trim()),
    surname: surname.join("_").trim(),
  };
}

/** `dateOfBirth` is `yyyy-mm-dd`. Throws `routing-address-invalid` if it is not a whole date. */
export function writeRoutingAddress({
  nhsNumber,
  dateOfBirth,
  surname,
  order,
}: {
  readonly nhsNumber: string;
  readonly dateOfBirth: string;
  readonly surname: string;
  readonly order: DateOrder;
}): string {
  const [year = "", month = "", day = ""] = dateOfBirth.split("-");
  if (readDate(`${year}${month}${day}`) !== dateOfBirth) {
    throw new MeshError(
      "routing-address-invalid",
      "A routing address needs the whole date of birth, between 1850 and 2100, as yyyy-mm-dd.",
    );
  }
  const born = order === "DDMMYYYY" ? `${day}${month}${year}` : `${year}${month}${day}`;
  return `GPPROVIDER_${nhsNumber}_${born}_${surname}`;
}

/**
 * Removes the patient from any text that may hold a routing address. A surname may have spaces, so everything goes up
 * to a quote, an angle bracket or the end of the line: too much rather than too little.
 */
export function redactRoutingAddresses(text: string): string {
  return text.replaceAll(/GPPROVIDER_[^"<>\r\n]*/gi, "GPPROVIDER");
}

function readDate(digits: string): string | undefined {
  if (!/^\d{8}$/.test(digits)) return undefined;
  return [
    `${digits.slice(4)}-${digits.slice(2, 4)}-${digits.slice(0, 2)}`,
    `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`,
  ].find(isBirthDate);
}

function isBirthDate(iso: string): boolean {
  const year = Number(iso.slice(0, 4));
  if (year < 1850 || year > 2100) return false;
  // Date moves 30 February to March instead of refusing it.
  const at = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso);
}
