import { join } from "node:path";
import type { TestContext } from "node:test";
import { embeddedDemographics } from "@restante/demographics";
import { parseMailboxId, parseNhsNumber, parseOdsCode } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import type { MeshServerConfig } from "@restante/mesh-server";
import { createDirectoryClient, type DirectoryClient } from "@restante/mesh-client/directory";
import {
  type ReachableServer,
  recordEvents,
  type RecordedEvents,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  testPatients,
  type TestServer,
} from "@restante/testbed";
import type { ConsultationSummary, OnlineConsultation } from "../../src/consultation/consultation.ts";
import type { Practice, PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import type { TestOrganisation } from "./organisations.ts";

/** The organisations of the test economy. */
export const organisations: Record<keyof typeof testMailboxes, TestOrganisation> = {
  sender: {
    odsCode: parseOdsCode("Y90001"),
    name: "Testbury Federation",
    mailboxId: parseMailboxId(testMailboxes.sender),
    phone: "01632 960901",
  },
  practice: {
    odsCode: parseOdsCode("Y90002"),
    name: "Harbour Light Surgery",
    mailboxId: parseMailboxId(testMailboxes.practice),
    phone: "01632 960902",
  },
  pharmacy: {
    odsCode: parseOdsCode("FY901"),
    name: "Mill Lane Pharmacy",
    mailboxId: parseMailboxId(testMailboxes.pharmacy),
    phone: "01632 960903",
  },
};

/** A real server on which the pharmacy takes consultation reports too, as online consultations of 1.x are (OC-160). */
export async function startEconomy(t: TestContext, kept: Partial<MeshServerConfig> = {}): Promise<TestServer> {
  const workflowId = "GPFED_CONSULT_REPORT";
  const everybody = Object.values(testMailboxes);
  return startTestServer(t, {
    config: {
      workflows: [
        { workflowId, senders: [testMailboxes.sender], receivers: [testMailboxes.practice, testMailboxes.pharmacy] },
        { workflowId: `${workflowId}_ACK`, senders: everybody, receivers: everybody },
        { workflowId: "SOME_SPREADSHEET", senders: everybody, receivers: everybody },
      ],
      ...kept,
    },
  });
}

/** One organisation with its practice system, and whatever carries its messages. */
export interface Party {
  practice: Practice;
  client: MeshClient;
  /** The folders' client; undefined for one that works by API. */
  directory: DirectoryClient | undefined;
  folder: string;
  events: RecordedEvents;
  options: PracticeOptions;
  /** A cycle of the practice, and a poll of its directory client before and after. */
  turn(): Promise<void>;
}

export async function openParty(
  t: TestContext,
  server: ReachableServer & Pick<TestServer, "directory">,
  role: keyof typeof organisations,
  kind: "directory" | "api",
  changes: Partial<PracticeOptions> = {},
): Promise<Party> {
  const organisation = organisations[role];
  const home = await temporaryFolder(t);
  const folder = join(home, organisation.mailboxId);
  const client = await testClient(server, organisation.mailboxId);
  t.after(async () => client[Symbol.asyncDispose]());
  const directory = kind === "directory" ? await createDirectoryClient({ client, folder, settleMs: 0 }) : undefined;
  t.after(async () => directory?.[Symbol.asyncDispose]());
  const events = recordEvents();
  const options: PracticeOptions = {
    organisation,
    role: role === "pharmacy" ? "pharmacy" : "practice",
    businessResponse: role === "pharmacy" ? { kind: "onDecision", automatic: "30016" } : { kind: "onMatch" },
    dataFolder: join(home, "practice"),
    transports: [kind === "directory" ? { kind, mailboxId: organisation.mailboxId, folder } : { kind, client }],
    patients: embeddedDemographics(server.directory),
    emit: events.emit,
    ...changes,
  };
  const practice = await createPractice({ undoSeconds: 0, ...options });
  t.after(async () => practice[Symbol.asyncDispose]());
  return {
    practice,
    client,
    directory,
    folder,
    events,
    options,
    async turn() {
      await directory?.pollOnce();
      await practice.cycle();
      await directory?.pollOnce();
    },
  };
}

type TestPatient = (typeof testPatients)[keyof typeof testPatients];

export function consultationOf(
  { nhsNumber, dateOfBirth, surname }: TestPatient = testPatients.registered,
  changes: Partial<ConsultationSummary> = {},
): ConsultationSummary {
  return {
    kind: "consultation-summary",
    id: "encounter-1",
    version: 1,
    patient: {
      nhsNumber: parseNhsNumber(nhsNumber),
      name: { family: surname, given: ["Imogen"] },
      dateOfBirth,
      phones: {},
    },
    practitioner: {
      sdsUserId: "555000111222",
      name: { family: "Nowak", given: ["Łukasz"], prefix: "Dr" },
      role: "General practitioner",
      phone: "01632 960901",
    },
    organisation: { odsCode: organisations.sender.odsCode },
    start: new Date("2026-03-02T10:15:00Z"),
    confidential: false,
    sections: [{ title: "History", notes: [{ text: "Cough for ten days." }] }],
    followUpActions: [],
    attachments: [
      {
        title: "Photograph",
        contentType: "image/png",
        bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      },
    ],
    ...changes,
  };
}

export function onlineConsultationOf(): OnlineConsultation {
  return {
    ...consultationOf(),
    kind: "online-consultation",
    id: "online-1",
    provider: { odsCode: organisations.pharmacy.odsCode },
  };
}
