import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, onlineConsultation, readMessage, writeXml } from "@restante/itk3";
import type { UseCase } from "@restante/itk3";
import { consultation } from "../consultation.ts";
import { mutantsOf } from "./mutate.ts";

/** Why a change may go unnoticed: the path of the change, without the numbers, and the reason. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^another id$/, "the message Bundle may have any id"],
  [
    /^another (entry\.resource\.)?identifier\.value$|relatesTo\.targetIdentifier\.value$/,
    "one UUID is as good as another: only its owner knows it",
  ],
  [/^without identifier\.system$/, "ITK3 asks the message Bundle's identifier for its value alone"],
  [/^another .*identifier\.system$/, "another register may be meant"],
  [/targetIdentifier\.system$/, "ITK3 asks the identifier of what is replaced for its value alone"],
  [
    /^without entry\.resource\.entry\.resource\.identifier(\.value|\.system)?$/,
    "an identifier of the Composition or Encounter is optional",
  ],
  [/^another .*identifier\.value$/, "an identifier of another register cannot be told from a wrong one here"],
  [
    /^twice .*(meta\.profile|coding|type|author|participant|identifier|telecom|given|prefix|extension|address|line)$/,
    "said twice is said once",
  ],
  [/^another .*meta\.profile$/, "a profile of another name may be derived from the one wanted"],
  [/valueString$|timestamp$|\.date$|period\.(start|end)$/, "free text, or a time that could be right"],
  [/display$/, "the words beside a code are for people"],
  [/title$/, "the title of a section is free"],
  [/contentType$|content$/, "another type or content may be what was meant"],
  [/name\.(family|given|prefix)$|resource\.name$/, "names, where nothing else in the message repeats them"],
  [/name\.(given|prefix)$|telecom(\.value|\.use)?$|gender$|active$|address(\.\w+)*$/, "optional, or of any value"],
  [
    /participant(\.individual)?(\.reference)?$|priority(\.coding)?(\.\w+)?$|serviceProvider(\.reference)?$|period$|resource\.subject(\.reference)?$/,
    "a consultation summary has no requirements for its Encounter",
  ],
];

const replacing = { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" };
const subjects = [
  ["consultation-summary", consultationSummary(consultation(replacing))],
  ["online-consultation", onlineConsultation(consultation(replacing))],
] as const;

const given = new Set<string>();

for (const [useCase, built] of subjects) {
  test(`of a valid ${useCase} changed in one place, what goes unnoticed has a reason`, (t) => {
    const { workflowId, subject, localId, to } = built.envelope;
    const envelope = { workflowId, subject, localId, to, from: "X26OT001" };
    const survivors: string[] = [];
    let mutants = 0;
    for (const { what, value } of mutantsOf(built.bundle)) {
      mutants += 1;
      if (!isNoticed(value, { generation: 1, useCase, envelope })) survivors.push(what);
    }
    t.diagnostic(
      `${mutants - survivors.length} of ${mutants} noticed (${Math.round(100 - (survivors.length / mutants) * 100)} %)`,
    );
    const explained = Map.groupBy(survivors, reasonFor);
    for (const [reason, changes] of explained) {
      if (reason !== undefined) given.add(reason);
      t.diagnostic(`unnoticed, ${reason ?? "no reason"}: ${changes.join("; ")}`);
    }
    assert.deepEqual(explained.get(undefined) ?? [], []);
    assert.ok(survivors.length < mutants * 0.35);
  });
}

test("no reason is given for what nothing is left of", () => {
  assert.deepEqual(
    reasons.map(([, reason]) => reason).filter((reason) => !given.has(reason)),
    [],
  );
});

function reasonFor(change: string): string | undefined {
  const [, reason] = reasons.find(([pattern]) => pattern.test(change.replace(/\.\d+/g, ""))) ?? [];
  return reason;
}

function isNoticed(
  bundle: Parameters<typeof writeXml>[0],
  options: { generation: 1; useCase: UseCase; envelope: object },
): boolean {
  let xml: string;
  try {
    xml = writeXml(bundle);
  } catch {
    return true;
  }
  const { findings, acceptable } = check(readMessage(Buffer.from(xml)), options);
  return findings.length > 0 || !acceptable;
}
