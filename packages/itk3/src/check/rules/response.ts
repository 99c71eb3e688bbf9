// An ITK3 Response: GP Connect's pages and the ITK3 profiles.
import { holdsNhsNumber } from "@restante/mesh";
import { events, messageDefinitions, profiles, systems } from "../../names.ts";
import { type ResponseCode, responseCodes } from "../../respond/response-codes.ts";
import type { OperationOutcomeIssue } from "../../stu3/types.ts";
import { mayFollow } from "../claimed-profiles.ts";
import { isText, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ofResponses, ruleMaker } from "../rule-maker.ts";
import { unlessInHandling } from "./handling.ts";

const rule = ruleMaker({ responseCode: "20006", issueCode: "invalid" }, ofResponses);

const warning = { severity: "warning" } as const;

const handling = (part: string, holds: (context: CheckContext) => boolean) => (context: CheckContext) =>
  unlessInHandling(context.message.header, part, holds(context));

const outcomes = ({ outer }: CheckContext) => outer.ofType("OperationOutcome");

/** Looks at every issue of the outcome, and at what its response code stands for where that is known. */
const issues =
  (holds: (issue: OperationOutcomeIssue, code: ResponseCode | undefined) => boolean, path?: string) =>
  (context: CheckContext): readonly Breach[] =>
    outcomes(context).flatMap(({ issue }) =>
      (issue ?? []).flatMap((one) => unless(holds(one, codeOf(one)), one, path)),
    );

function codeOf(issue: OperationOutcomeIssue | undefined): ResponseCode | undefined {
  return responseCodes.get(issue?.details?.coding?.[0]?.code ?? "");
}

export const responseRules: readonly Rule[] = [
  rule(
    { cs: "054" },
    "BusAckRequested of a response must be false: nobody answers an answer.",
    "BusAckRequested of a response is not false.",
    handling("BusAckRequested", ({ message }) => message.handling.busAckRequested === false),
    { alsoShows: ["GPCM-SD-OC-153", "GPCM-SD-GE-280"] },
  ),
  rule(
    { cs: "055" },
    "InfAckRequested of a response must be false: nobody answers an answer.",
    "InfAckRequested of a response is not false.",
    handling("InfAckRequested", ({ message }) => message.handling.infAckRequested === false),
    { alsoShows: ["GPCM-SD-OC-154", "GPCM-SD-GE-281"] },
  ),
  rule(
    { own: "ITK-Response:MessageDefinition" },
    "MessageDefinition of a response must be that of ITK Response.",
    "MessageDefinition is not that of ITK Response.",
    handling("MessageDefinition", ({ message }) => message.handling.messageDefinition === messageDefinitions.response),
    { responseCode: "10004", issueCode: "processing", leads: true },
  ),
  rule(
    { cs: "057" },
    "MessageHeader.sender must lead to an Organization of the ITK3 header profile.",
    "MessageHeader.sender does not lead to an Organization of the ITK3 header profile.",
    ({ message }) =>
      unless(
        message.sender?.resourceType === "Organization" && mayFollow(message.sender, profiles.headerOrganization),
        message.header,
        "sender",
      ),
    { leads: true, alsoShows: ["GPCM-SD-OC-156", "GPCM-SD-GE-283"] },
  ),
  rule(
    { cs: "058" },
    "MessageHeader.event must be ITK008M of ITK-MessageEvent-2.",
    "MessageHeader.event is not ITK008M of ITK-MessageEvent-2.",
    ({ message: { header } }) =>
      unless(
        header.event?.system === systems.messageEvent && header.event.code === events.response.code,
        header,
        "event",
      ),
    { alsoShows: ["GPCM-SD-OC-157", "GPCM-SD-GE-284"] },
  ),
  rule(
    { cs: "059" },
    "MessageHeader.timestamp must say when the response was made.",
    "MessageHeader.timestamp is missing.",
    ({ message }) => unless(isText(message.header.timestamp), message.header, "timestamp"),
    { alsoShows: ["GPCM-SD-OC-158", "GPCM-SD-GE-285"] },
  ),
  rule(
    { own: "ITK-Response:response" },
    "MessageHeader.response must name the message that it answers.",
    "MessageHeader.response does not name the message that it answers.",
    ({ message: { header } }) => unless(isText(header.response?.identifier), header, "response"),
  ),
  rule(
    { own: "ITK-Response:response.code" },
    "MessageHeader.response.code must be ok for a positive response code and fatal-error for a negative one.",
    "MessageHeader.response.code does not go with the response code.",
    (context) => {
      const { header } = context.message;
      const expected = codeOf(outcomes(context)[0]?.issue?.[0])?.responseCode;
      const found = header.response?.code;
      const holds = expected === undefined ? found === "ok" || found === "fatal-error" : found === expected;
      return unless(holds || header.response === undefined, header, "response.code");
    },
  ),
  rule(
    { own: "ITK-Response:response.details" },
    "MessageHeader.response.details must lead to an OperationOutcome of the ITK3 response profile.",
    "MessageHeader.response.details does not lead to an OperationOutcome of the ITK3 response profile.",
    ({ message: { header }, outerReferences }) => {
      const led = outerReferences.candidates(header.response?.details);
      const holds = led.some(
        (resource) => resource.resourceType === "OperationOutcome" && mayFollow(resource, profiles.responseOutcome),
      );
      return unless(holds || header.response === undefined, header, "response.details");
    },
    { leads: true },
  ),
  rule(
    { own: "ITK-Response:focus" },
    "A response must have no focus.",
    "A response has a focus.",
    ({ message: { header } }) => unless(header.focus === undefined, header, "focus"),
  ),
  rule(
    { own: "ITK-Response-OperationOutcome-1:issue" },
    "The OperationOutcome should have one issue: a response gives one code.",
    "The OperationOutcome has more than one issue.",
    (context) => outcomes(context).flatMap((outcome) => unless((outcome.issue ?? []).length <= 1, outcome, "issue")),
    warning,
  ),
  rule(
    { own: "ITK-Response-OperationOutcome-1:details" },
    "OperationOutcome.issue.details must hold exactly one coding: code and display of ITK-ResponseCodes-1, and nothing beside them.",
    "OperationOutcome.issue.details does not hold exactly one coding of ITK-ResponseCodes-1 with its display, or holds more.",
    issues(({ details }, code) => {
      const coding = details?.coding ?? [];
      const [first] = coding;
      return (
        coding.length === 1 &&
        first?.system === systems.responseCodes &&
        code !== undefined &&
        isText(first.display) &&
        first.version === undefined &&
        first.userSelected === undefined
      );
    }),
  ),
  rule(
    { own: "ITK-ResponseCodes-1:display" },
    "The display of a response code should be that of ITK-ResponseCodes-1.",
    "The display of the response code is not that of ITK-ResponseCodes-1.",
    issues(({ details }, code) => {
      const display = details?.coding?.[0]?.display;
      return code === undefined || display === undefined || sameWords(display) === sameWords(code.display);
    }, "details"),
    warning,
  ),
  rule(
    { own: "ITK-Response-OperationOutcome-1:severity" },
    "Severity and issue code of the OperationOutcome must go with its response code.",
    "Severity or issue code of the OperationOutcome does not go with its response code.",
    issues(
      (issue, code) =>
        code === undefined ||
        (issue.severity === code.severity && code.issueCodes.some((allowed) => allowed === issue.code)),
    ),
  ),
  rule(
    { core: "042" },
    "OperationOutcome.issue.diagnostics must say what was found wrong, so that the sender can find it.",
    "OperationOutcome.issue.diagnostics does not say what was found.",
    issues(({ diagnostics }, code) => code?.positive === true || isText(diagnostics), "diagnostics"),
  ),
  rule(
    { itk: "FHIR-BA-02" },
    "A response must hold nothing by which a patient could be known.",
    "OperationOutcome.issue.diagnostics holds an NHS number.",
    issues(({ diagnostics }) => !holdsNhsNumber(diagnostics ?? ""), "diagnostics"),
    { issueCode: "value" },
  ),
];

/** Apostrophes and spaces differ between the CodeSystem and the guide that prints it. */
function sameWords(display: string): string {
  return display
    .replaceAll(/[\s‘’'"()]+/g, " ")
    .trim()
    .toLowerCase();
}
