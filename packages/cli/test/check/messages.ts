import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type BuiltMessage, consultationSummary } from "@restante/itk3";
import { writeControlFile } from "@restante/mesh";
import { runCommand } from "../support/processes.ts";

/** What of the synthetic patient must not be seen in any report. */
export const patientDetails: readonly string[] = ["9000000009", "Ashworthy", "Marigold", "1980-02-03", "03021980"];

/** A synthetic consultation's message that conforms. */
export function conforming(generation: 1 | 2 = 1, report = "%PDF-1.7 report"): BuiltMessage {
  return consultationSummary({
    generation,
    ids: randomUUID,
    now: new Date("2026-01-05T10:30:00Z"),
    senderMailbox: "Y99001OT001",
    senderReference: "encounter-0001",
    recipientType: "FA",
    patient: {
      nhsNumber: "9000000009",
      name: { family: "Ashworthy", given: ["Marigold"], prefix: "Mrs" },
      birthDate: "1980-02-03",
      gender: "female",
      address: { line: ["1 Test Street"], city: "Leeds", postalCode: "LS1 1AA" },
      phone: "0113 496 0000",
    },
    practitioner: {
      sdsUserId: "900000000001",
      name: { family: "Okafor", given: ["Ada"], prefix: "Dr" },
      phone: "0113 496 0001",
    },
    organisation: { odsCode: "Y99001", name: "Exampleton GP Federation", phone: "01632 960001" },
    date: "2026-01-05T10:00:00+00:00",
    version: 1,
    confidential: false,
    report: { contentType: "application/pdf", bytes: Buffer.from(report) },
    attachments: [],
  });
}

/** As `conforming`, with a title that breaks a requirement. */
export function departing(): string {
  return conforming().xml.replace(/<title value="[^"]*"/, '<title value="Letter"');
}

/** A message nobody can be given: it has no patient. */
export function refused(): string {
  return conforming().xml.replace(/<entry>(?:(?!<entry>).)*<Patient>.*?<\/Patient>.*?<\/entry>/s, "");
}

/** A message that asks for no infrastructure response. */
export function silent(xml: string): string {
  return xml.replace(/(url="InfAckRequested">\s*<valueBoolean value=")true/, "$1false");
}

export function controlFile(
  { envelope }: BuiltMessage,
  changes: Partial<Parameters<typeof writeControlFile>[0]> = {},
): string {
  const { workflowId, subject, localId, to } = envelope;
  return writeControlFile({
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from: "Y99001OT001",
    to,
    workflowId,
    subject,
    localId,
    ...changes,
  });
}

/** A folder that holds these files and is removed after the test. */
export async function folderOf(t: TestContext, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-check-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

export interface Ended {
  status: number | NodeJS.Signals;
  out: string;
  errors: string;
}

/** Runs a `restante` command to its end. */
export async function run(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const command = runCommand(words, env);
  const status = await command.ended;
  return { status, out: command.standardOutput(), errors: command.standardError() };
}
