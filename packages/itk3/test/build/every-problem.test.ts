import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  allergySection,
  businessResponse,
  consultationSummary,
  copyFor,
  type DocumentInput,
  type DocumentParts,
  genericDocument,
  infrastructureResponse,
  type InputProblem,
  Itk3Error,
  observationSection,
  onlineConsultation,
  questionnaireSection,
  type QuestionInput,
  problemSection,
  referenceToEntry,
  type Resource,
  type StructuredSection,
  taskSection,
} from "@restante/itk3";
import { consultation, genericInput } from "../consultation.ts";
import { areApart, type Field, fieldsOf, names, ofNoType, withField, wrong } from "./broken.ts";
import { genericKinds } from "./sections/generic-kinds.ts";
import { onlineKinds } from "./sections/online-kinds.ts";
import { day, pain, penicillin, twisting, weight, when } from "./sections/samples.ts";

/** The problems that the input is refused for. */
function problemsOf(build: () => unknown): readonly InputProblem[] {
  let problems: readonly InputProblem[] | undefined;
  assert.throws(build, (error) => {
    assert.ok(error instanceof Itk3Error, String(error));
    problems = error.problems;
    for (const { path, text } of problems.slice(0, 100)) assert.ok(error.message.includes(`${path} ${text}`));
    return true;
  });
  return problems ?? [];
}

const pathsOf = (build: () => unknown): string[] => problemsOf(build).map(({ path }) => path);

const kinds = Object.values({ ...onlineKinds, ...genericKinds });
const encountered = {
  name: "Clinic",
  type: { code: "371531000", display: "Report of clinical encounter" },
  encounterType: { code: "11429006", display: "Consultation" },
};

/** A document of every field, with the entries of a kind. */
function whole(sections: NonNullable<DocumentInput["sections"]>) {
  return genericInput({
    document: encountered,
    registeredPractice: { odsCode: "Y90002", name: "Southgate Surgery", phone: "0113 496 0009" },
    recipientMailbox: "FX999OT001",
    headerId: "header-1",
    version: 2,
    replaces: "00000000-0000-4000-8000-00000000aaaa",
    compositionIdentifier: "00000000-0000-4000-8000-00000000bbbb",
    sections,
  });
}

/** A field of the document, or of what the nth builder is given. */
interface Target extends Field {
  builder: number | undefined;
}

/** Every field that can be broken in a document with these sections, by the path that a problem names it with. */
function targetsOf(sections: NonNullable<DocumentInput["sections"]>): Target[] {
  const targets: Target[] = [];
  let builder = 0;
  const note = (input: object, name: string): object => {
    const root = `sections[${builder}].${names[name]}`;
    for (const field of fieldsOf(input, root)) targets.push({ ...field, builder });
    builder += 1;
    return input;
  };
  twisting(note, () => genericDocument(whole(sections)));
  return [...fieldsOf(whole(sections)).map(({ path, keys }) => ({ path, keys, builder: undefined })), ...targets];
}

test("of any fields broken at once, each is named by its path, and nothing else is", () => {
  const places = fc.array(fc.tuple(fc.nat({ max: 1_000_000 }), wrong), { minLength: 1, maxLength: 8 });
  const targets = new Map(kinds.map(({ full }) => [full, targetsOf(full)]));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), places, ({ full }, chosen) => {
      const all = targets.get(full) ?? [];
      const broken: { target: Target; value: unknown }[] = [];
      for (const [place, value] of chosen) {
        const target = all[place % all.length];
        assert.ok(target);
        if (broken.every((one) => areApart(one.target.path, target.path))) broken.push({ target, value });
      }
      let builder = 0;
      const breaking = <Input>(input: Input, which: number | undefined): Input =>
        broken
          .filter(({ target }) => target.builder === which)
          .reduce((made, { target, value }) => withField(made, target.keys, value), input);
      const twist = (input: object): object => breaking(input, builder++);
      const paths = twisting(twist, () => pathsOf(() => genericDocument(breaking(whole(full), undefined))));
      assert.deepEqual(paths.toSorted(), broken.map(({ target }) => target.path).toSorted());
    }),
    { numRuns: 3000, seed: 8 },
  );
});

test("whatever stands in a field, an input makes a document or is refused by an error of its own", () => {
  const places = fc.tuple(fc.nat({ max: 1_000_000 }), fc.anything({ withBigInt: true, withSparseArray: true }));
  const builders = [consultationSummary, onlineConsultation, genericDocument];
  const document = whole(() => []);
  fc.assert(
    fc.property(
      fc.constantFrom(...builders),
      fc.constantFrom(...kinds),
      places,
      places,
      (build, { full }, one, two) => {
        const put = (input: object, [place, value]: readonly [number, unknown]): object => {
          const all = fieldsOf(input);
          return withField(input, all[place % all.length]?.keys ?? [], value);
        };
        try {
          const input = put(document, one) as typeof document;
          twisting(
            (held) => put(held, two),
            () => build({ ...input, sections: full }),
          );
        } catch (error) {
          assert.ok(error instanceof Itk3Error, (error as Error).stack ?? "");
          assert.ok(error.problems.length > 0, error.message);
        }
      },
    ),
    { numRuns: 3000, seed: 9 },
  );
});

test("what is no input at all is refused, by every function that builds", () => {
  const none = [undefined, null, 1, "input", [], () => {}, Symbol("input")];
  const original = onlineConsultation(consultation());
  const functions: readonly ((input: never) => unknown)[] = [
    consultationSummary,
    onlineConsultation,
    genericDocument,
    infrastructureResponse,
    businessResponse,
    (input: never) => copyFor(original, input),
  ];
  for (const input of none) {
    for (const build of functions)
      assert.deepEqual(
        pathsOf(() => build(input as never)),
        [""],
      );
    assert.deepEqual(
      problemsOf(() => copyFor(input as never, { now: new Date(0), recipientType: "FA" })).map(({ path }) => path),
      ["original"],
    );
    assert.deepEqual(
      pathsOf(() => allergySection(input as never, [])),
      ["parts"],
    );
    assert.throws(() => referenceToEntry(input as never, "Observation"), { code: "input-invalid" });
  }
  assert.deepEqual(pathsOf(() => genericDocument({} as never)).includes("patient"), true);
});

test("a response is refused for all that is wrong with it at once", () => {
  const right = {
    now: new Date("2026-01-05T11:00:00Z"),
    request: { headerId: "a", senderReference: "encounter-0001" },
    code: "20013",
    issueCode: "informational",
    diagnostics: "Received.",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  } as const;
  const fields = fieldsOf(right);
  fc.assert(
    fc.property(fc.subarray(fields, { minLength: 1 }), ofNoType, (chosen, value) => {
      const apart = chosen.filter(({ path }, index) =>
        chosen.slice(0, index).every((other) => areApart(path, other.path)),
      );
      const input = apart.reduce((made, { keys }) => withField(made, keys, value), right);
      assert.deepEqual(
        pathsOf(() => infrastructureResponse(input)).toSorted(),
        apart.map(({ path }) => path).toSorted(),
      );
    }),
    { numRuns: 500, seed: 10 },
  );
  assert.throws(
    () => infrastructureResponse({ ...right, code: "99999", diagnostics: "" }),
    (error) => {
      assert.ok(error instanceof Itk3Error);
      assert.equal(error.code, "code-unknown");
      assert.deepEqual(
        error.problems.map(({ path, text }) => `${path} ${text}`),
        ["diagnostics must not be blank", "code must be an ITK3 response code of the infrastructure level"],
      );
      return true;
    },
  );
});

test("a copy is refused for all that is wrong with it at once", () => {
  const original = onlineConsultation(consultation());
  const input = { now: new Date(Number.NaN), recipientType: "XX", recipientMailbox: "not a mailbox", headerId: "a b" };
  assert.deepEqual(pathsOf(() => copyFor({ ...original, envelope: null } as never, input as never)).toSorted(), [
    "headerId",
    "now",
    "original.envelope",
    "recipientMailbox",
    "recipientType",
  ]);
  for (const bundle of [undefined, {}, { ...original.bundle, entry: 7 }, { ...original.bundle, entry: [] }]) {
    const wrongOriginal = { ...original, bundle } as never;
    assert.deepEqual(
      pathsOf(() => copyFor(wrongOriginal, { now: new Date(0), recipientType: "FI" })),
      ["original.bundle"],
    );
  }
});

test("at most 100 problems are listed, and how many more there are is told", () => {
  const attachments = Array.from({ length: 150 }, () => ({
    title: "",
    contentType: "image/png",
    bytes: Buffer.from("x"),
  }));
  assert.throws(
    () => onlineConsultation(consultation({ attachments })),
    (error) => {
      assert.ok(error instanceof Itk3Error);
      assert.equal(error.problems.length, 100);
      assert.equal(error.unlisted, 50);
      assert.match(error.message, /And 50 more\.$/);
      return true;
    },
  );
});

const allergy = { code: penicillin, category: "medication", clinicalStatus: "active", recorded: day } as const;
const problem = { code: pain, significance: "minor", recorded: day, clinicalStatus: "active" } as const;

function problemsOfSections(sections: (parts: DocumentParts) => StructuredSection[]): string[] {
  return problemsOf(() => genericDocument(genericInput({ sections }))).map(
    ({ path, text, requirement }) => `${path} ${text}${requirement === undefined ? "" : ` (${requirement})`}`,
  );
}

test("a reference to an entry that is wrong itself is not told of, one that leads nowhere is", () => {
  const told = problemsOfSections((parts) => {
    const allergies = allergySection(parts, [{ ...allergy, recorded: "yesterday" }]);
    const left = observationSection(parts, [weight]);
    return [
      problemSection(parts, [
        { ...problem, actual: referenceToEntry(allergies, "AllergyIntolerance") },
        { ...problem, actual: referenceToEntry(left, "Observation") },
      ]),
      allergies,
    ];
  });
  assert.deepEqual(told, [
    "sections[1].allergies[0].recorded must be a date, or a date and time with seconds and a zone",
    "sections[0].problems[1].actual leads to what is not in the document",
  ]);
});

test("what a requirement asks of a reference is told by its field and the requirement", () => {
  assert.deepEqual(
    problemsOfSections((parts) => [
      allergySection(parts, [{ ...allergy, recorder: parts.organisation }]),
      problemSection(parts, [{ ...problem, asserter: parts.patient }]),
      observationSection(parts, [{ ...weight, performers: [parts.practitioner] }]),
    ]),
    [
      "sections[0].allergies[0].recorder must lead to an entry of the document of type Practitioner or Patient (GPCM-SD-GE-101)",
      "sections[1].problems[0].asserter must lead to an entry of the document of type Practitioner (GPCM-SD-GE-235)",
      "sections[2].observations[0].performers must name the patient among them (GPCM-SD-GE-052)",
    ],
  );
});

test("a section that no builder made is looked at too, by its elements", () => {
  const told = problemsOfSections(() => [
    { title: " ", resources: [] },
    {
      title: "Own",
      resources: [
        { resourceType: "Observation", id: "a", status: "final", code: { text: "" } },
        { resourceType: "Zebra" } as never,
      ],
    },
    undefined as never,
  ]);
  assert.deepEqual(told, [
    "sections[0].title must be text",
    "sections[0].resources must be a list that holds something",
    "sections[1].resources[0].code.text must not be blank",
    "sections[1].resources[1] is of a type that STU3 does not know",
    "sections[2] must be a section, such as observationSection makes",
  ]);
});

test("what only the check of the message finds is told by the field that it was made of, or else by its place", () => {
  const observation: Resource = {
    resourceType: "Observation",
    id: "00000000-0000-4000-8000-00000000cccc",
    meta: { profile: ["https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Observation-1"] },
    status: "registered",
    code: { coding: [{ system: "http://snomed.info/sct", code: "27113001", display: "Body weight" }] },
    issued: when,
  };
  const problems = problemsOf(() =>
    genericDocument(genericInput({ sections: () => [{ title: "Own", resources: [observation] }] })),
  );
  assert.ok(
    problems.some(({ path, requirement }) => path === "sections[0].resources[0]" && requirement === "GPCM-SD-GE-047"),
  );
  const named = consultation();
  const practice = { ...named.organisation, name: `Northgate${" x".repeat(500)}` };
  const placed = problemsOf(() => consultationSummary({ ...named, organisation: practice }));
  assert.ok(placed.length > 0);
  assert.ok(
    placed.every((one) => one.in === "message" && one.requirement !== undefined),
    JSON.stringify(placed),
  );
});

test("what a function of the caller throws is the caller's, unless something was found wrong before", () => {
  const own = new RangeError("mine");
  assert.throws(
    () =>
      genericDocument(
        genericInput({
          sections: () => {
            throw own;
          },
        }),
      ),
    (error) => error === own,
  );
  assert.deepEqual(
    problemsOfSections((parts) => {
      const tasks = taskSection(parts, [{ intent: "wish" as "plan" }]);
      const { id = "" } = tasks.resources[0] as Resource;
      return [{ ...tasks, title: id }];
    }),
    ["sections.tasks[0].intent must be one of: proposal, plan, order"],
  );
});

test("questions that hold themselves, or are nested deeper than a message may be, are refused", () => {
  const question: QuestionInput & { items: QuestionInput[] } = { linkId: "1", text: "A", type: "group", items: [] };
  question.items.push(question);
  const told = problemsOfSections((parts) => [questionnaireSection(parts, { items: [question] })]);
  assert.ok(
    told.some((one) => one.endsWith("is nested deeper than a message may be, or holds itself")),
    told[0],
  );
});
