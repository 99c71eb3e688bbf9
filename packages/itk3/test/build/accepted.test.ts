import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { MeshError } from "@restante/mesh";
import * as fc from "fast-check";
import {
  type BuiltMessage,
  check,
  consultationSummary,
  genericDocument,
  type GenericDocumentInput,
  Itk3Error,
  onlineConsultation,
  readMessage,
} from "@restante/itk3";
import { countingIds, genericInput } from "../consultation.ts";
import { genericKinds } from "./sections/generic-kinds.ts";
import { onlineKinds } from "./sections/online-kinds.ts";
import { twisting } from "./sections/samples.ts";

// What stands in place of a value: of another form, of another type in disguise, or what no message can hold.
const words = [
  "",
  " ",
  " x",
  "x ",
  "Ö🚑",
  "<b>&amp;</b>",
  "a\nb",
  "a\tb",
  "\u0001",
  "\ud800",
  "\uffff",
  "x".repeat(300),
];
const times = [
  "2026",
  "2026-01",
  "2026-02-30",
  "2026-01-05",
  "2026-01-05T10:00:00Z",
  "2026-01-05T10:00:00",
  "yesterday",
];
const figures = ["0", "-1.50", "1e5", "1,5", "true", "91936005", "91936006", "9000000009", "900 000 0009"];
const names = [
  "urn:uuid:nothing",
  "#nothing",
  "http://a.example/b c",
  "Patient/1",
  "None",
  "GPPROVIDER_9000000009_03021980_A",
];
const texts = [...words, ...times, ...figures, ...names];
const numbers = [0, -1, 1, 2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31];

interface Leaf {
  holder: Record<string, unknown>;
  key: string;
}

/** Every value within, lists and what they hold included; files, dates and what is called are left alone. */
function leavesOf(value: unknown): Leaf[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return [];
  const holder = value as Record<string, unknown>;
  const leaves: Leaf[] = [];
  for (const [key, held] of Object.entries(holder)) {
    if (typeof held !== "function" && !(held instanceof Uint8Array)) leaves.push({ holder, key }, ...leavesOf(held));
  }
  return leaves;
}

/** One value of the input changed to another of its type, a list emptied or an item said twice. */
function changed<Input extends object>(input: Input, { place, other }: { place: number; other: number }): Input {
  const copy = structuredClone(input);
  const leaves = leavesOf(copy);
  const leaf = leaves[place % leaves.length];
  if (leaf === undefined) return copy;
  const { holder, key } = leaf;
  const held = holder[key];
  if (typeof held === "string") holder[key] = texts[other % texts.length];
  else if (typeof held === "number") holder[key] = numbers[other % numbers.length];
  else if (typeof held === "boolean") holder[key] = !held;
  else if (Array.isArray(held)) holder[key] = other % 2 === 0 ? [] : [...(held as unknown[]), ...(held as unknown[])];
  return copy;
}

/** Undefined where it is refused with a reason. */
function built(build: () => BuiltMessage): BuiltMessage | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof Itk3Error || error instanceof MeshError) return undefined;
    throw error;
  }
}

function assertConforms({ xml, bundle, envelope, generation }: BuiltMessage): void {
  const read = readMessage(Buffer.from(xml));
  assert.deepEqual(read.message?.bundle, bundle);
  const { findings } = check(read, { generation, envelope });
  const errors = findings.filter(({ severity }) => severity === "error");
  assert.deepEqual(
    errors.map(({ id, location, text }) => `${id} ${location} ${text}`),
    [],
  );
}

const any = fc.nat({ max: 100_000 });

test("a document that is not refused passes its own check, whatever its input", () => {
  let accepted = 0;
  const builders: ((input: GenericDocumentInput) => BuiltMessage)[] = [
    consultationSummary,
    onlineConsultation,
    genericDocument,
  ];
  const change = fc.record({ place: any, other: any });
  fc.assert(
    fc.property(fc.constantFrom(...builders), fc.constantFrom(1, 2), change, change, (build, generation, one, two) => {
      const { ids: _, report, attachments, ...plain } = genericInput({ generation });
      const input = changed(changed(plain, one), two);
      const message = built(() => build({ ...input, report, attachments, ids: countingIds() }));
      if (message === undefined) return;
      accepted += 1;
      assertConforms(message);
    }),
    { numRuns: 2000, seed: 3 },
  );
  assert.ok(accepted > 500, `only ${accepted} were not refused`);
});

test("structured entries that are not refused pass the check, whatever their input", () => {
  let accepted = 0;
  const kinds = Object.values({ ...onlineKinds, ...genericKinds });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.boolean(), any, any, ({ full, least }, isFull, place, other) => {
      const message = twisting(
        (input) => changed(input, { place, other }),
        () => built(() => genericDocument(genericInput({ attachments: [], sections: isFull ? full : least }))),
      );
      if (message === undefined) return;
      accepted += 1;
      assertConforms(message);
    }),
    { numRuns: 2000, seed: 4 },
  );
  assert.ok(accepted > 500, `only ${accepted} were not refused`);
});
