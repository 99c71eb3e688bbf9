// What people and organisations must look like, in a document and in its entries.
import { fields, filled, list, optional, type Shape } from "../input/shapes.ts";
import { line, text, textThat } from "../input/values.ts";
import type { AddressInput, OrganisationInput, PatientInput, PractitionerInput } from "./input.ts";

export const nameShape: Shape = fields<PatientInput["name"]>({
  family: line,
  given: list(line),
  prefix: optional(line),
});

export const addressShape: Shape = filled(
  fields<AddressInput>({
    line: list(text),
    city: optional(text),
    district: optional(text),
    postalCode: optional(text),
  }),
);

export const practitionerShape: Shape = fields<PractitionerInput>({
  sdsUserId: textThat((value) => /^\d{12}$/.test(value), "must be twelve digits"),
  name: nameShape,
  phone: optional(text),
  // It is in the report alone.
  role: () => {},
});

export const odsCode: Shape = textThat(
  (value) => /^[A-Z0-9]{3,12}$/i.test(value),
  "must be 3 to 12 letters and digits",
);

export const organisationShapes: Readonly<Record<keyof OrganisationInput, Shape>> = {
  odsCode,
  name: line,
  phone: text,
  address: optional(addressShape),
};
