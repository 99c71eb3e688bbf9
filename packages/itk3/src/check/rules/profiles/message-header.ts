// ITK-MessageHeader-2.
import type { MessageHeader } from "../../../stu3/types.ts";
import { isText, none, unless } from "../../look.ts";
import type { CheckContext, Kind, Rule } from "../../rule.ts";
import { ofDocuments } from "../../rule-maker.ts";
import { absent, required, rule } from "./profile.ts";

// A requirement of 1.x bars both from its documents already (GPCM-SD-CS-053, OC-152, GE-279).
const addressed = { asked: ({ generation, useCase }: Kind): boolean => generation === 2 || useCase === "response" };

const parties: ReadonlySet<string> = new Set(["Practitioner", "Organization"]);
const profile = "ITK-MessageHeader-2";
const header = ({ message }: CheckContext): readonly MessageHeader[] => [message.header];
const event = ({ message }: CheckContext): readonly object[] => [message.header.event ?? {}];
const source = ({ message }: CheckContext): readonly object[] => [message.header.source ?? {}];

export const messageHeaderRules: readonly Rule[] = [
  ...absent(profile, "MessageHeader", ["enterer", "author", "responsible", "reason"], header),
  ...absent(profile, "MessageHeader", ["destination"], header, addressed),
  ...absent(profile, "MessageHeader.event", ["version", "userSelected"], event),
  ...absent(profile, "MessageHeader.source", ["name", "software", "version", "contact"], source),
  rule(
    `${profile}:event.display`,
    "MessageHeader.event must have a display.",
    "MessageHeader.event has no display.",
    ({ message }) => unless(isText(message.header.event?.display), message.header, "event.display"),
    required,
  ),
  rule(
    `${profile}:sender`,
    "MessageHeader.sender must have a reference.",
    "MessageHeader.sender has no reference.",
    ({ message }) => unless(isText(message.header.sender?.reference), message.header, "sender"),
    required,
  ),
  rule(
    `${profile}:receiver`,
    "MessageHeader.receiver must have a reference, to a Practitioner or an Organization.",
    "MessageHeader.receiver has no reference, or one to something other than a Practitioner or an Organization.",
    (context) => {
      const { header: found } = context.message;
      if (found.receiver === undefined) return none;
      const targets = context.outerReferences.candidates(found.receiver);
      const holds = targets.length === 0 || targets.some(({ resourceType }) => parties.has(resourceType));
      return unless(isText(found.receiver.reference) && holds, found, "receiver");
    },
    { ...addressed, leads: true },
  ),
  rule(
    `${profile}:focus`,
    "MessageHeader must have no more than one focus.",
    "MessageHeader has more than one focus.",
    ({ message }) => unless((message.header.focus ?? []).length <= 1, message.header, "focus"),
  ),
  rule(
    `${profile}:response`,
    "MessageHeader must have a response only where the message is an ITK Response.",
    "MessageHeader has a response and is no ITK Response.",
    ({ message }) => unless(message.header.response === undefined, message.header, "response"),
    { asked: ofDocuments },
  ),
];
