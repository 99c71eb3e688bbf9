import {
  type Bundle,
  businessResponse,
  type CheckOptions,
  consultationSummary,
  genericDocument,
  type GenericDocumentInput,
  infrastructureResponse,
  onlineConsultation,
} from "@restante/itk3";
import type { UseCase } from "../../src/check/rule.ts";
import { consultation, countingIds, genericInput } from "../consultation.ts";
import { everySection } from "./full-document.ts";

export interface Subject {
  name: string;
  bundle: Bundle;
  options: CheckOptions & { generation: 1 | 2; useCase: UseCase };
}

const document = {
  type: { code: "371531000", display: "Report" },
  name: "Immunisation",
  encounterType: { code: "11429006", display: "Consultation" },
};
const replacing = { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" };

/** Valid messages of every use case and generation, as small as they come, and both responses. */
export function plainSubjects(): Subject[] {
  return [...documents(() => false), ...responses()];
}

/** The same, the generic document of 1.x with every resource that may be sent. */
export function subjects(): Subject[] {
  return [...documents(({ generation, useCase }) => generation === 1 && useCase === "generic"), ...responses()];
}

/** Valid documents of every use case and generation, each with every resource that may be sent. */
export function fullDocuments(): Subject[] {
  return documents(() => true);
}

function documents(isFull: (options: Pick<Subject["options"], "generation" | "useCase">) => boolean): Subject[] {
  const made: Subject[] = [];
  for (const generation of [1, 2] as const) {
    const changesOf = (
      useCase: UseCase,
    ): Pick<GenericDocumentInput, "generation" | "version" | "replaces" | "sections"> => ({
      generation,
      ...replacing,
      ...(isFull({ generation, useCase }) ? { sections: everySection } : {}),
    });
    const built = [
      ["consultation-summary", consultationSummary(consultation(changesOf("consultation-summary")))],
      ["online-consultation", onlineConsultation(consultation(changesOf("online-consultation")))],
      ["generic", genericDocument(genericInput({ ...changesOf("generic"), document }))],
    ] as const;
    for (const [useCase, { bundle, envelope }] of built) {
      const { workflowId, subject, localId, to } = envelope;
      const options = { generation, useCase, envelope: { workflowId, subject, localId, to, from: "X26OT001" } };
      made.push({ name: `${useCase} ${generation}.x`, bundle, options });
    }
  }
  return made;
}

function responses(): Subject[] {
  const made: Subject[] = [];
  for (const build of [infrastructureResponse, businessResponse]) {
    const { bundle } = build({
      now: new Date("2026-01-05T11:00:00Z"),
      ids: countingIds(),
      request: { headerId: "a" },
      code: build === businessResponse ? "30002" : "20009",
      diagnostics: "Found in a test.",
      responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    });
    made.push({
      name: build === businessResponse ? "business response" : "infrastructure response",
      bundle,
      options: { generation: 1, useCase: "response", envelope: { workflowId: "GPFED_CONSULT_REPORT_ACK" } },
    });
  }
  return made;
}
