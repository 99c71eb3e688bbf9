import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type BuiltMessage,
  check,
  consultationSummary,
  type DocumentInput,
  genericDocument,
  Itk3Error,
  locationSection,
  messageOf,
  onlineConsultation,
  type stu3,
} from "@restante/itk3";
import { ofConsultationSummaries } from "../../src/check/conformance-list.ts";
import { type EnvelopeToCheck, requirementId } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";
import { consultation, genericInput } from "../consultation.ts";
import { referencePath, withoutReference } from "../reference.ts";
import type { Message } from "./addition.ts";

const useCases = ["consultation-summary", "online-consultation", "generic"] as const;
const second = { generation: 2 } as const;

function built(useCase: BuiltMessage["useCase"], changes: Partial<DocumentInput> = {}): BuiltMessage {
  if (useCase === "generic") return genericDocument(genericInput({ ...second, ...changes }));
  const build = useCase === "consultation-summary" ? consultationSummary : onlineConsultation;
  return build(consultation({ ...second, ...changes }));
}

/** The ids of what is found of a document of Send Document 2, changed, in its envelope, changed. */
function found(
  { bundle, envelope, useCase }: BuiltMessage,
  change: (message: Message) => void,
  words: EnvelopeToCheck = {},
): string[] {
  const message = messageOf(structuredClone(bundle));
  assert.ok(message);
  change(message);
  const { workflowId, subject, localId, to } = envelope;
  const beside = { workflowId, subject, localId, to, from: "X26OT001", ...words };
  // The parts of the message anew: the change may have led elsewhere.
  const changed = messageOf(message.bundle);
  assert.ok(changed);
  return check(changed, { ...second, useCase, envelope: beside }).findings.map(({ id }) => id);
}

const unchanged = (): void => undefined;

test(
  "each line of the conformance list is asked of the use case that the list gives it",
  { skip: withoutReference },
  () => {
    const path = referencePath("..", "gp-connect", "scal-send-document-2.json");
    const lines = JSON.parse(readFileSync(path, "utf8")) as { id: string; useCase: string }[];
    const published = lines.filter(({ useCase }) => useCase === "Consultation Summary").map(({ id }) => id);
    assert.deepEqual([...ofConsultationSummaries].toSorted(), published.toSorted());
    const others = new Set(lines.map(({ useCase }) => useCase));
    assert.deepEqual(others, new Set(["All", "Consultation Summary"]));
  },
);

test("what the conformance list asks of a consultation summary is asked of no other document", () => {
  const ofOne = rules.filter(({ numbers: { scal } }) => scal !== undefined && ofConsultationSummaries.has(scal));
  assert.ok(ofOne.length >= 3);
  for (const rule of ofOne) {
    assert.equal(requirementId(rule, 2, "consultation-summary"), `SCAL-${rule.numbers.scal}`);
    assert.equal(requirementId(rule, 2, "online-consultation"), undefined);
    assert.equal(requirementId(rule, 2, "generic"), undefined);
  }
});

test("a document other than a consultation summary may be for the practice that made it", () => {
  const own = { registeredPractice: { odsCode: "Y90001", name: "Northgate Surgery" } };
  for (const generation of [1, 2] as const) {
    for (const useCase of ["online-consultation", "generic"] as const) {
      const { bundle, envelope } = built(useCase, { ...own, generation });
      const message = messageOf(bundle);
      assert.ok(message);
      assert.deepEqual(check(message, { generation, useCase, envelope }).findings, []);
    }
    assert.throws(
      () => built("consultation-summary", { ...own, generation }),
      (error) => {
        assert.ok(error instanceof Itk3Error);
        assert.deepEqual(
          error.problems.map(({ path, requirement }) => [path, requirement]),
          [["registeredPractice.odsCode", generation === 1 ? "GPCM-SD-CS-071" : "SCAL-GPCM-SD-083"]],
        );
        return true;
      },
    );
  }
});

/** The patient is of the sending practice, and of which type the registration is. */
function registered(code: string | undefined): (message: Message) => void {
  return ({ patient, composition }) => {
    assert.ok(patient && composition?.custodian);
    patient.generalPractitioner = [composition.custodian];
    if (code === undefined) return;
    const url = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-RegistrationDetails-1";
    const coding = [{ system: "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-RegistrationType-1", code }];
    patient.extension = [{ url, extension: [{ url: "registrationType", valueCodeableConcept: { coding } }] }];
  };
}

test("a consultation summary is not for its own practice, unless the patient's registration is of another type than Regular", () => {
  const summary = built("consultation-summary");
  assert.deepEqual(found(summary, registered(undefined)), ["SCAL-GPCM-SD-083"]);
  assert.deepEqual(found(summary, registered("R")), ["SCAL-GPCM-SD-083"]);
  assert.deepEqual(found(summary, registered("T")), []);
});

test("the version in the subject is that of the document, by the line that asks it of the use case, and is found once", () => {
  for (const useCase of useCases) {
    const message = built(useCase);
    const { subject } = message.envelope;
    const other = { subject: subject.replace("Version: 1", "Version: 2") };
    const line = useCase === "consultation-summary" ? "SCAL-GPCM-SD-091" : "SCAL-GPCM-SD-061";
    assert.deepEqual(found(message, unchanged, other), [line]);
    assert.deepEqual(found(message, unchanged, { subject: subject.replace(", Version: 1", "") }), ["SCAL-GPCM-SD-061"]);
  }
});

test("the subject says where the patient was seen by the name of an organisation or of a location of the document", () => {
  const place = { siteCode: "Y9000101", name: "Northgate at the Library", phone: "0113 496 0003" };
  const message = built("generic", { sections: (parts) => [locationSection(parts, [place])] });
  const seenAt = (name: string, code = "Y90001"): EnvelopeToCheck => ({
    subject: message.envelope.subject.replace("Northgate Surgery, Y90001", `${name}, ${code}`),
  });
  assert.deepEqual(found(message, unchanged, seenAt(place.name)), []);
  assert.deepEqual(found(message, unchanged, seenAt(place.name, place.siteCode)), []);
  assert.deepEqual(found(message, unchanged, seenAt("Southgate Surgery")), ["SCAL-GPCM-SD-061"]);
  assert.deepEqual(found(message, unchanged, seenAt(place.name, "Y90009")), ["SCAL-GPCM-SD-061"]);
});

test("a receiver in the header is asked about where MESH finds the practice, and not where a mailbox is addressed", () => {
  const receiver = ({ header }: Message): void => {
    header.receiver = { ...header.sender };
  };
  const mailbox = { to: "X26OT009" };
  assert.deepEqual(found(built("online-consultation"), receiver, mailbox), []);
  for (const useCase of useCases) assert.deepEqual(found(built(useCase), receiver), ["SCAL-GPCM-SD-049"]);
});

test("what is asked of a replacement is not asked of another relation, whose code is what is wrong", () => {
  const changes = { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" };
  const related = (code: "appends" | "replaces", version: string): ((message: Message) => void) => {
    return ({ composition }) => {
      const [relation] = composition?.relatesTo ?? [];
      assert.ok(relation && composition?.text?.div);
      Object.assign(relation, { code, targetIdentifier: { value: "letter" } });
      composition.text.div = composition.text.div.replace("Version 2", `Version ${version}`);
    };
  };
  const message = built("generic", changes);
  const subject = message.envelope.subject.replace("Version: 2", "Version: 1");
  assert.deepEqual(found(message, related("appends", "1"), { subject }), ["Send-Document-2:relatesTo.code"]);
  assert.deepEqual(found(message, related("replaces", "1"), { subject }), ["SCAL-GPCM-SD-098", "SCAL-GPCM-SD-123"]);
});

test("a document without a custodian is not said to be by another organisation", () => {
  const without = ({ composition }: Message): void => {
    delete (composition as Partial<stu3.Composition>).custodian;
  };
  const ids = found(built("consultation-summary"), without);
  assert.ok(ids.includes("SCAL-GPCM-SD-105"));
  assert.ok(!ids.includes("SCAL-GPCM-SD-107"));
});

test("a document of Send Document 2 has its practitioner and then its organisation for authors, and one of 1.x no organisation", () => {
  for (const useCase of useCases) {
    for (const generation of [1, 2] as const) {
      const message = messageOf(built(useCase, { generation }).bundle);
      const { composition, document } = message ?? {};
      assert.ok(composition?.author && composition.custodian && message);
      const types = composition.author.map(({ reference }) => {
        return document?.entry?.find(({ fullUrl }) => fullUrl === reference)?.resource?.resourceType;
      });
      assert.deepEqual(types, generation === 1 ? ["Practitioner"] : ["Practitioner", "Organization"]);
      assert.deepEqual(check(message, { generation, useCase }).findings, []);
      if (generation === 1) composition.author.push(composition.custodian);
      else composition.author.pop();
      assert.deepEqual(
        check(message, { generation, useCase }).findings.map(({ id }) => id),
        [generation === 1 ? "CareConnect-Composition-1:author" : "SCAL-GPCM-SD-107"],
      );
    }
  }
});

test("a builder refuses by the number that the requirement has in the generation and use case", () => {
  const faults: readonly (readonly [changes: Partial<DocumentInput>, first: readonly string[], second: string])[] = [
    [{ version: 2 }, ["GPCM-SD-CS-027", "GPCM-SD-OC-011", "GPCM-SD-GE-011"], "SCAL-GPCM-SD-123"],
    [{ replaces: "00000000-0000-4000-8000-00000000aaaa" }, ["GPCM-SD-CS-007"], "SCAL-GPCM-SD-098"],
    [{ senderReference: "None" }, ["GPCM-SD-CS-046", "GPCM-SD-OC-145", "GPCM-SD-GE-272"], "SCAL-GPCM-SD-042"],
  ];
  for (const [changes, first, line] of faults) {
    for (const [index, useCase] of useCases.entries()) {
      for (const generation of [1, 2] as const) {
        const wanted = generation === 1 ? first[index] : line;
        assert.throws(
          () => built(useCase, { ...changes, generation }),
          (error) => {
            assert.ok(error instanceof Itk3Error);
            assert.deepEqual(
              error.problems.map(({ requirement }) => requirement),
              [wanted],
            );
            return true;
          },
        );
      }
    }
  }
});
