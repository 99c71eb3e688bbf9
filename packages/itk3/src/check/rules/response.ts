// An ITK3 Response: GP Connect's pages and the ITK3 profiles.
import { profiles, systems } from "../../names.ts";
import { handlingExtension } from "../../message/handling.ts";
import { responseCodes } from "../../respond/response-codes.ts";
import { hasProfile, isText, none, ofType, unless } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";

function rule(
  numbers: Rule["numbers"],
  text: string,
  breaches: Rule["breaches"],
  alsoShows: readonly string[] = [],
): Rule {
  return {
    numbers,
    alsoShows,
    severity: "error",
    responseCode: "20006",
    issueCode: "invalid",
    text,
    breaches: (context) => (context.useCase === "response" ? breaches(context) : none),
  };
}

const handling = (holds: (context: CheckContext) => boolean) => (context: CheckContext) =>
  unless(holds(context), handlingExtension(context.message.header) ?? context.message.header);

const outcomes = ({ outer }: CheckContext) => ofType(outer, "OperationOutcome");

export const responseRules: readonly Rule[] = [
  rule(
    { cs: "054" },
    "BusAckRequested of a response is not false.",
    handling(({ message }) => message.handling.busAckRequested === false),
    ["GPCM-SD-OC-153", "GPCM-SD-GE-280"],
  ),
  rule(
    { cs: "055" },
    "InfAckRequested of a response is not false.",
    handling(({ message }) => message.handling.infAckRequested === false),
    ["GPCM-SD-OC-154", "GPCM-SD-GE-281"],
  ),
  rule(
    { cs: "057" },
    "MessageHeader.sender does not lead to an Organization of the ITK3 header profile.",
    ({ message }) =>
      unless(
        message.sender?.resourceType === "Organization" && hasProfile(message.sender, profiles.headerOrganization),
        message.header,
        "sender",
      ),
    ["GPCM-SD-OC-156", "GPCM-SD-GE-283"],
  ),
  rule(
    { cs: "058" },
    "MessageHeader.event is not ITK008M of ITK-MessageEvent-2.",
    ({ message }) => unless(message.header.event?.system === systems.messageEvent, message.header, "event"),
    ["GPCM-SD-OC-157", "GPCM-SD-GE-284"],
  ),
  rule(
    { cs: "059" },
    "MessageHeader.timestamp is missing.",
    ({ message }) => unless(isText(message.header.timestamp), message.header, "timestamp"),
    ["GPCM-SD-OC-158", "GPCM-SD-GE-285"],
  ),
  rule(
    { own: "ITK-Response:response" },
    "MessageHeader.response does not name the message that it answers.",
    ({ message: { header } }) => unless(isText(header.response?.identifier), header, "response"),
  ),
  rule(
    { own: "ITK-Response:response.code" },
    "MessageHeader.response.code does not go with the response code.",
    (context) => {
      const { header } = context.message;
      const code = outcomes(context)[0]?.issue?.[0]?.details?.coding?.[0]?.code ?? "";
      const expected = responseCodes.get(code)?.responseCode;
      const found = header.response?.code;
      return unless(
        expected === undefined ? found === "ok" || found === "fatal-error" : found === expected,
        header,
        "response.code",
      );
    },
  ),
  rule(
    { own: "ITK-Response:response.details" },
    "MessageHeader.response.details does not lead to an OperationOutcome.",
    (context) => {
      const reference = context.message.header.response?.details?.reference;
      const holds = outcomes(context).some(({ id }) => reference === `urn:uuid:${id}`);
      return unless(holds, context.message.header, "response.details");
    },
  ),
  rule({ own: "ITK-Response:focus" }, "A response has a focus.", ({ message: { header } }) =>
    unless(header.focus === undefined, header, "focus"),
  ),
  rule(
    { own: "ITK-Response-OperationOutcome-1:details" },
    "OperationOutcome.issue.details does not hold exactly one coding of ITK-ResponseCodes-1 with its display.",
    (context) =>
      outcomes(context).flatMap((outcome) =>
        (outcome.issue ?? []).flatMap((issue) => {
          const coding = issue.details?.coding ?? [];
          const [first] = coding;
          return unless(
            coding.length === 1 &&
              first?.system === systems.responseCodes &&
              responseCodes.has(first.code ?? "") &&
              isText(first.display),
            issue,
          );
        }),
      ),
  ),
  rule(
    { own: "ITK-Response-OperationOutcome-1:severity" },
    "Severity or issue code of the OperationOutcome do not go with its response code.",
    (context) =>
      outcomes(context).flatMap((outcome) =>
        (outcome.issue ?? []).flatMap((issue) => {
          const code = responseCodes.get(issue.details?.coding?.[0]?.code ?? "");
          if (code === undefined) return none;
          return unless(
            issue.severity === code.severity && code.issueCodes.some((allowed) => allowed === issue.code),
            issue,
          );
        }),
      ),
  ),
  rule({ core: "042" }, "OperationOutcome.issue.diagnostics does not say what was found.", (context) =>
    outcomes(context).flatMap((outcome) =>
      (outcome.issue ?? []).flatMap((issue) => unless(isText(issue.diagnostics), issue, "diagnostics")),
    ),
  ),
];
