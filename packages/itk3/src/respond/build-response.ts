import { randomUUID } from "node:crypto";
import { holdsNhsNumber, parseMailboxId, parseOdsCode } from "@restante/mesh";
import { bundle, headerOrganization, messageHeader } from "../build/entry.ts";
import { mailbox } from "../build/mailbox.ts";
import { type Place, placeOf, problemList } from "../input/problems.ts";
import { all, between, fields, isRecord, optional, type Shape } from "../input/shapes.ts";
import { callable, oneOf, parses, text, textThat, time } from "../input/values.ts";
import { messageDefinitions, profiles, systems, unreadableHeaderId } from "../names.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import type { Bundle, OperationOutcome } from "../stu3/types.ts";
import { isXmlText } from "../xml/characters.ts";
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

const request = fields<ResponseInput["request"]>({
  // What is no id, or no reference, is not echoed.
  headerId: optional(stringly),
  senderReference: optional(stringly),
});

const shape: Shape = all(
  fields<ResponseInput>({
    now: time,
    ids: optional(callable),
    request,
    code: text,
    issueCode: optional(text),
    diagnostics: textThat((value) => !holdsNhsNumber(value), "hold an NHS number", { requirement: "FHIR-BA-02" }),
    responder: fields<ResponseInput["responder"]>({
      odsCode: textThat(parses(parseOdsCode), "must be 3 to 12 letters and digits"),
      mailboxId: mailbox,
    }),
  }),
  between<ResponseInput>(["code", "issueCode"], ({ code, issueCode }, at) => {
    const allowed = responseCodes.get(code)?.issueCodes;
    if (issueCode !== undefined && allowed !== undefined) oneOf(...allowed)(issueCode, at.field("issueCode"));
  }),
);

function stringly(value: unknown, at: Place): void {
  if (typeof value !== "string") at.tell("must be text");
}

/**
 * Answers a message at the infrastructure level: 20013, or a negative code from 10001 to 20015.
 *
 * @throws Itk3Error `code-unknown`, `input-invalid`, with every problem of the input
 */
export function infrastructureResponse(input: ResponseInput): BuiltResponse {
  return buildResponse(input, "infrastructure");
}

/**
 * Answers a message at the business level: a code from 30001 to 30025.
 *
 * @throws Itk3Error `code-unknown`, `input-invalid`, with every problem of the input
 */
export function businessResponse(input: ResponseInput): BuiltResponse {
  return buildResponse(input, "business");
}

function buildResponse(input: ResponseInput, level: ResponseCode["level"]): BuiltResponse {
  const code = knownCode(input, level);
  const issueCode = input.issueCode ?? code.issueCodes[0];
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

/** The response code of an input that is right. */
function knownCode(input: ResponseInput, level: ResponseCode["level"]): ResponseCode {
  const problems = problemList();
  const at = placeOf(problems);
  shape(input, at);
  const place = at.field("code");
  const code = isRecord(input) ? responseCodes.get(input.code) : undefined;
  const isKnown = code?.level === level;
  if (!isKnown && place.isRight() && isRecord(input)) place.tell(`must be an ITK3 response code of the ${level} level`);
  problems.refuse(isKnown || !isRecord(input) ? "input-invalid" : "code-unknown");
  if (code === undefined) throw new Error("A response code that is not known was not refused.");
  return code;
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

// Up to 255 characters (FHIR-SR-03), such as XML can hold: what came as JSON may have others.
function senderReference(echo: string | undefined): string {
  return echo === undefined || echo === "" || echo.length > 255 || !isXmlText(echo) ? "None" : echo;
}
