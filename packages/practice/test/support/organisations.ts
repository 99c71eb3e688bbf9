import { type MailboxId, parseMailboxId, parseOdsCode } from "@restante/mesh";
import type { PracticeOrganisation } from "../../src/options.ts";

/** An organisation with one mailbox. */
export interface TestOrganisation extends PracticeOrganisation {
  mailboxId: MailboxId;
}

export const sender: TestOrganisation = {
  odsCode: parseOdsCode("Y99001"),
  name: "Exampleton GP Federation",
  mailboxId: parseMailboxId("Y99001OT001"),
  phone: "01632 960001",
};

export const receiver: TestOrganisation = {
  odsCode: parseOdsCode("Y99002"),
  name: "Lantern Row Surgery",
  mailboxId: parseMailboxId("Y99002OT001"),
  phone: "01632 960002",
};

export const pharmacy: TestOrganisation = {
  odsCode: parseOdsCode("FX999"),
  name: "Quayside Pharmacy",
  mailboxId: parseMailboxId("FX999OT001"),
  phone: "01632 960003",
};
