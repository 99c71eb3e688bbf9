import { randomUUID } from "node:crypto";
import { parseMailboxId, parseOdsCode } from "@restante/mesh";
import { bundle, headerOrganization, messageHeader } from "../build/entry.ts";
import { refuseNow } from "../build/refuse-invalid.ts";
import { Itk3Error } from "../errors.ts";
import { holdsNhsNumber } from "../message/nhs-numbers.ts";
import { messageDefinitions, profiles, systems, unreadableHeaderId } from "../names.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import type { Bundle, OperationOutcome } from "../stu3/types.ts";
import { writeXml } from "../xml/write-resource.ts";
import { type IssueType, type ResponseCode, responseCodes } from "./response-codes.ts";

export interface ResponseInput {
  now: Date;
  /** Gives UUIDs; random ones unless a test needs its own. */
  ids?: () => string;
  request: {
    /** MessageHeader.id of the message answered; undefined if it could not be read. */
    headerId: string | undefined;
    /** Echoed (GPCM-SD-CS-056); `None` if the request had none. */
    senderReference?: string | undefined;
  };
  /** An ITK3 response code such as `20013`. */
  code: string;
  /** One of the issue codes that the response code allows; the first of them unless given. */
  issueCode?: IssueType;
  /** What was found, for the sender's people. Must hold no patient detail (FHIR-BA-02). */
  diagnostics: string;
  responder: { odsCode: string; mailboxId: string };
}

export interface BuiltResponse {
  /** What goes into the `.dat` file or the request's body, as UTF-8. */
  xml: string;
  bundle: Bundle;
  /** The response's own MessageHeader.id. */
  headerId: string;
}

/**
 * Answers a message at the infrastructure level: 20013, or a negative code from 10001 to 20015.
 *
 * @throws Itk3Error `code-unknown`, `input-invalid`
 * @throws MeshError `mailbox-id-invalid`, `ods-code-invalid` of the responder
 */
export function infrastructureResponse(input: ResponseInput): BuiltResponse {
  return buildResponse(input, "infrastructure");
}

/**
 * Answers a message at the business level: a code from 30001 to 30025.
 *
 * @throws Itk3Error `code-unknown`, `input-invalid`
 * @throws MeshError `mailbox-id-invalid`, `ods-code-invalid` of the responder
 */
export function businessResponse(input: ResponseInput): BuiltResponse {
  return buildResponse(input, "business");
}

function buildResponse(input: ResponseInput, level: ResponseCode["level"]): BuiltResponse {
  refuseNow(input.now);
  const code = responseCodes.get(input.code);
  if (code === undefined || code.level !== level) {
    throw new Itk3Error("code-unknown", `Not an ITK3 response code of the ${level} level.`);
  }
  const issueCode = input.issueCode ?? code.issueCodes[0];
  if (!code.issueCodes.includes(issueCode)) {
    throw new Itk3Error("input-invalid", `Response code ${code.code} does not go with issue code ${issueCode}.`);
  }
  if (typeof input.diagnostics !== "string" || input.diagnostics.trim() === "")
    throw new Itk3Error("input-invalid", "A response needs diagnostics (GPCM-SD-042).");
  if (holdsNhsNumber(input.diagnostics)) {
    throw new Itk3Error("input-invalid", "diagnostics hold an NHS number (FHIR-BA-02).");
  }
  const ids = input.ids ?? randomUUID;
  const sender = headerOrganization(ids(), parseOdsCode(input.responder.odsCode));
  const outcome = operationOutcome(ids(), code, issueCode, input.diagnostics);
  const header = messageHeader({
    id: ids(),
    handling: {
      acknowledge: false,
      recipientType: "FA",
      messageDefinition: messageDefinitions.response,
      senderReference: senderReference(input.request.senderReference),
      localExtension: "None",
    },
    event: "response",
    now: input.now,
    sender,
    mailbox: parseMailboxId(input.responder.mailboxId),
  });
  header.response = {
    identifier: requestIdentifier(input.request.headerId),
    code: code.responseCode,
    details: { reference: `urn:uuid:${outcome.id}` },
  };
  const message = bundle("message", ids(), ids(), [header, sender, outcome]);
  return { xml: writeXml(message), bundle: message, headerId: header.id ?? "" };
}

function operationOutcome(id: string, code: ResponseCode, issueCode: IssueType, diagnostics: string): OperationOutcome {
  const coding = { system: systems.responseCodes, code: code.code, display: code.display };
  return {
    resourceType: "OperationOutcome",
    id,
    meta: { profile: [profiles.responseOutcome] },
    issue: [{ severity: code.severity, code: issueCode, details: { coding: [coding] }, diagnostics }],
  };
}

// The request's id is echoed into an element of type id: what cannot stand there could not be read.
function requestIdentifier(headerId: string | undefined): string {
  return headerId !== undefined && primitiveFault("id", headerId) === undefined ? headerId : unreadableHeaderId;
}

// Up to 255 characters (FHIR-SR-03).
function senderReference(echo: string | undefined): string {
  return echo === undefined || echo === "" || echo.length > 255 ? "None" : echo;
}
