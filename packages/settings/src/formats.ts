import { parseMailboxId, parseNhsNumber, parseOdsCode } from "@restante/mesh";
import type { TextFormat } from "./schema.ts";

// The words of MESH in settings. Spaces around them, and small letters, are taken as the parsers of `mesh` take them.

export const mailboxIdFormat: TextFormat = {
  name: "mailbox-id",
  accepts: parses(parseMailboxId),
  pattern: "^\\s*[A-Za-z0-9_-]{1,100}\\s*$",
  problem: "must be a mailbox id: up to 100 letters, digits, underscores and hyphens",
};

export const odsCodeFormat: TextFormat = {
  name: "ods-code",
  accepts: parses(parseOdsCode),
  pattern: "^\\s*[A-Za-z0-9]{3,12}\\s*$",
  problem: "must be an ODS code: 3 to 12 letters and digits, such as A20047",
};

export const nhsNumberFormat: TextFormat = {
  name: "nhs-number",
  accepts: parses(parseNhsNumber),
  pattern: "^\\s*(\\d\\s*){10}$",
  problem: "must be an NHS number: ten digits of which the last is a valid check digit",
};

function parses(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}

/** The form in which ids of this format are compared; undefined for a text that is none. */
export function idOf({ accepts }: TextFormat): (text: string) => string | undefined {
  return (text) => (accepts(text) ? text.replaceAll(/\s/g, "").toUpperCase() : undefined);
}
