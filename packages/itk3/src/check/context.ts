import { resourcesOf } from "../message/message-of.ts";
import type { Itk3Message } from "../message/model.ts";
import { type References, referencesOf } from "../message/references.ts";
import { sectionEntries } from "../message/sections.ts";
import type { Bundle } from "../stu3/types.ts";
import type { CheckOptions } from "./check-options.ts";
import { containedInEach } from "./contained.ts";
import { generationOf } from "./kind.ts";
import { resourcesByType } from "./resources.ts";
import type { CheckContext } from "./rule.ts";
import { mistargetedIn } from "./targets.ts";
import { tellUseCase } from "./use-case.ts";
import { elementsOf } from "./walk.ts";
import { readWords } from "./wording.ts";

/** What the rules look at: found once, whatever they ask of it. */
export function contextOf(message: Itk3Message, options: CheckOptions): CheckContext {
  const inner = resourcesByType(resourcesOf(message.document));
  const references = referencesOf(message.document);
  const { envelope } = options;
  const named = options.generation ?? generationOf(message, envelope);
  const lists = new Map(
    inner.ofType("List").map((list) => [list, (list.entry ?? []).flatMap(({ item }) => references.candidates(item))]),
  );
  const words = readWords(message, named, envelope);
  const told = options.useCase === undefined ? tellUseCase(message, named, words) : undefined;
  const useCase = options.useCase ?? told?.useCase ?? "generic";
  // Only 1.x has requirements for a response.
  const generation = useCase === "response" ? 1 : named;
  const elements = elementsOf(message.bundle);
  const outerReferences = referencesOf(message.bundle);
  const known = new Map<Bundle | undefined, References>([
    [message.document, references],
    [message.bundle, outerReferences],
  ]);
  const referencesIn = (bundle: Bundle): References => {
    const found = known.get(bundle) ?? referencesOf(bundle);
    known.set(bundle, found);
    return found;
  };
  const containedIn = containedInEach();
  return {
    message,
    generation,
    useCase,
    envelope,
    outer: resourcesByType(resourcesOf(message.bundle)),
    inner,
    elements,
    outerReferences,
    references,
    referencesIn,
    containedIn,
    // Send Document 2 asks for an Organization where STU3 has none (SCAL-GPCM-SD-107).
    mistargeted: mistargetedIn(
      elements,
      { referencesIn, containedIn },
      new Set(generation === 2 ? message.composition?.author : []),
    ),
    led: new Set(sectionEntries(message.composition, references)),
    lists,
    listed: new Set([...lists.values()].flat()),
    words: generation === named ? words : readWords(message, generation, envelope),
    told,
  };
}
