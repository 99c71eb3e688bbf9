import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  check,
  type CheckOptions,
  infrastructureAnswer,
  Itk3Error,
  messageOf,
  readMessage,
  responseCodes,
} from "@restante/itk3";
import { refusals } from "../../src/check/acceptable.ts";
import { rules } from "../../src/check/rules.ts";
import type { Case } from "./addition.ts";
import { brokenEntries, soundEntries } from "./entry-cases.ts";
import { brokenFhir, soundFhir } from "./fhir-cases.ts";
import { brokenInvariants, soundInvariants } from "./invariant-cases.ts";
import { brokenProfiles, soundProfiles } from "./profile-cases.ts";
import { kinds } from "./strictness-kinds.ts";
import { outcomeOf, strictnessPage, strictnessPath } from "./strictness-page.ts";
import { type Subject, subjects } from "./subjects.ts";

const responder = {
  now: new Date("2026-01-05T12:00:00Z"),
  responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
};
const secrets = /9000000009|Łukasz|Ampère|1980-02-03|encounter-0001|Test Street|496 000/;

for (const [title, rows] of kinds) {
  for (const kind of rows) {
    test(`a message ${kind.what} is answered as its strictness says (${title})`, () => {
      const [unset, deliver, refuse] = [undefined, "deliver" as const, "refuse" as const].map((strictness) =>
        outcomeOf(kind, strictness),
      );
      assert.ok(unset && deliver && refuse);
      assert.deepEqual(deliver, unset);
      assert.deepEqual(refuse.findings, deliver.findings);
      assert.equal(refuse.conforms, deliver.conforms);
      if (deliver.negative?.because === "not-taken") {
        // What is chosen of kinds changes neither what is found nor whether it conforms; a fault's lower code comes first.
        const { options: { doesNotTake: _, ...taking } = {} } = kind;
        const taken = outcomeOf({ ...kind, options: taking }, "deliver");
        assert.deepEqual([deliver.findings, deliver.conforms], [taken.findings, taken.conforms]);
        assert.equal(deliver.negative.code, "20010");
        assert.doesNotMatch(deliver.negative.diagnostics, secrets);
        assert.equal(deliver.answer?.code, /InfAckRequested is false/.test(kind.what) ? undefined : "20010");
        assert.equal(refuse.negative?.because, deliver.conforms ? "not-taken" : "strictness");
        return;
      }
      if (title === "Responses") assert.equal(refuse.answer, undefined);
      if (deliver.heldAgainst?.useCase === "response" || deliver.negative !== undefined || deliver.conforms) {
        assert.deepEqual(refuse, deliver);
        return;
      }
      const codes = refuse.findings.flatMap(({ severity, responseCode }) =>
        severity === "error" ? responseCode! : [],
      );
      const { negative, answer } = refuse;
      assert.equal(refuse.acceptable, false);
      assert.equal(negative?.because, "strictness");
      assert.equal(negative.code, codes.toSorted()[0]);
      assert.ok(responseCodes.get(negative.code)?.issueCodes.includes(negative.issueCode));
      assert.match(negative.diagnostics, /GPCM-SD-041\)\. \S+ at \S+: \w/);
      assert.doesNotMatch(negative.diagnostics, secrets);
      // On a workflow of acknowledgements nothing is answered.
      if (answer === undefined) assert.match(kind.options?.envelope?.workflowId ?? "", /_ACK$/);
      else assert.equal(`${answer.code} ${answer.diagnostics}`, `${negative.code} ${negative.diagnostics}`);
    });
  }
}

test("every reason to refuse and every code with which a rule tells an error has a row in the table of strictness", () => {
  const outcomes = [...kinds.values()].flat().map((kind) => outcomeOf(kind));
  const diagnostics = outcomes.map(({ negative }) => negative?.diagnostics ?? "");
  assert.deepEqual(
    refusals.filter(({ text }) => diagnostics.every((said) => !said.startsWith(text))),
    [],
  );
  const told = new Set(
    outcomes.flatMap(({ findings }) => findings.map(({ responseCode, issueCode }) => `${responseCode} ${issueCode}`)),
  );
  const wanted = rules.flatMap(({ severity, responseCode, issueCode }) =>
    severity === "error" ? `${responseCode} ${issueCode}` : [],
  );
  assert.deepEqual(
    [...new Set(wanted)].filter((code) => !told.has(code)),
    [],
  );
});

test("docs/strictness.md is what each strictness answers to a message of each kind", () => {
  assert.equal(readFileSync(strictnessPath, "utf8"), strictnessPage());
});

const valid = subjects();

const broken = [...brokenProfiles, ...brokenFhir, ...brokenEntries, ...brokenInvariants];
const sound = [...soundProfiles, ...soundFhir, ...soundEntries, ...soundInvariants];

/** The first message that a case changes, changed as it says. */
function changed([, , change]: Case): readonly [ReturnType<typeof messageOf>, Subject] | undefined {
  for (const subject of valid) {
    const message = messageOf(structuredClone(subject.bundle));
    assert.ok(message);
    change(message);
    if (JSON.stringify(message.bundle) !== JSON.stringify(subject.bundle)) return [message, subject];
  }
  return undefined;
}

test(
  "whatever breaks a requirement that must be met is refused, with the code of one of its errors, and what does not is taken",
  { tags: ["GPCM-SD-040"] },
  () => {
    const seen = { refused: 0, taken: 0 };
    for (const one of [...broken, ...sound]) {
      const [message, { options } = {}] = changed(one) ?? [];
      if (message === undefined || options?.useCase === "response") continue;
      const deliver = check(message, options);
      const refuse = check(message, { ...options, strictness: "refuse" });
      assert.equal(refuse.acceptable, deliver.conforms, one[1]);
      seen[refuse.acceptable ? "taken" : "refused"] += 1;
      if (refuse.negative?.because !== "strictness") assert.deepEqual(refuse, deliver);
      else {
        const { code, issueCode } = refuse.negative;
        const errors = deliver.findings.filter(({ severity }) => severity === "error");
        assert.ok(
          errors.some((finding) => finding.responseCode === code && finding.issueCode === issueCode),
          one[1],
        );
        // The response is one that may be written: an issue code that does not go with the code would throw.
        const held = { ...options, strictness: "refuse" } as const;
        const answer = infrastructureAnswer({ message, issues: [...message.issues] }, { ...responder, check: held });
        assert.equal(answer?.bundle.entry?.length, 3, one[1]);
      }
    }
    assert.ok(seen.refused > 100 && seen.taken > 50, JSON.stringify(seen));
  },
);

test("a strictness that is none is refused by name", () => {
  const read = readMessage(Buffer.from("<"));
  for (const strictness of ["Refuse", "strict", "", null, true]) {
    assert.throws(
      () => check(read, { strictness } as unknown as CheckOptions),
      (error) =>
        error instanceof Itk3Error &&
        error.code === "input-invalid" &&
        /strictness.*deliver, refuse/.test(error.message),
      String(strictness),
    );
  }
});
