// Which use case a document is of, told from the document itself: docs/decisions/190-told-from-the-title.md.
import { isResponse } from "../message/handling.ts";
import type { Itk3Message } from "../message/model.ts";
import { systems } from "../names.ts";
import type { DocumentWords } from "./document-words.ts";
import { hasCoding } from "./look.ts";
import type { ToldUseCase, UseCase, UseCaseSign } from "./rule.ts";

interface Sign {
  sign: UseCaseSign;
  says: UseCase;
  /** It is that and no other. A title of another kind fits a generic document, and a consultation whose title is wrong. */
  certain: boolean;
}

/**
 * What most signs say: a single one that is wrong is then found, instead of misleading. Of as many, what a certain one says;
 * then what title and text say before LocalExtension and type.
 */
export function tellUseCase(message: Itk3Message, generation: 1 | 2, words: DocumentWords): ToldUseCase {
  if (isResponse(message)) return { useCase: "response", restsOn: ["event"], disputed: false };
  const all = signsOf(message, generation, words);
  const certain = all.filter((sign) => sign.certain);
  // In Send Document 2 a title is its sender's own: one of another kind says nothing against a type.
  const signs = generation === 2 && certain.length > 0 ? certain : all;
  const counts = new Map<UseCase, number>();
  for (const { says } of signs) counts.set(says, (counts.get(says) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  // A Map keeps the order in which its keys came: that of the signs.
  const leading = [...counts].flatMap(([says, count]) => (count === most ? [says] : []));
  const useCase = leading.find((one) => certain.some(({ says }) => says === one)) ?? leading[0] ?? "generic";
  const restsOn = signs.flatMap(({ sign, says }) => (says === useCase ? [sign] : []));
  return { useCase, restsOn, disputed: leading.length > 1 };
}

function signsOf({ composition, handling }: Itk3Message, generation: 1 | 2, words: DocumentWords): Sign[] {
  const { title } = composition ?? {};
  const inText = words.text?.title;
  // The words for a generic document of this title: `Consultation` has `Consultation report for`, and is none.
  const isReportOf = inText !== undefined && inText === `${title} report`;
  const signs = [byName("title", title), byName("text", isReportOf ? title : inText)];
  if (generation === 1) signs.push(byLocalExtension(handling.localExtension));
  const { type } = composition ?? {};
  if (hasCoding(type, systems.snomed, "149951000000107")) {
    signs.push({ sign: "type", says: "online-consultation", certain: true });
  } else if (generation === 1) {
    // In Send Document 2 both kinds of document have the same types.
    const isConsultation = hasCoding(type, systems.snomed, "371531000");
    if (isConsultation) signs.push({ sign: "type", says: "consultation-summary", certain: true });
    else if (hasCoding(type, systems.snomed)) signs.push({ sign: "type", says: "generic", certain: false });
  }
  return signs.filter((sign) => sign !== undefined);
}

function byName(sign: "title" | "text", name: string | undefined): Sign | undefined {
  if (name === undefined) return undefined;
  if (/^online consultation report$/i.test(name)) return { sign, says: "online-consultation", certain: true };
  if (/^consultation report$/i.test(name)) return { sign, says: "consultation-summary", certain: true };
  return { sign, says: "generic", certain: false };
}

function byLocalExtension(local = ""): Sign | undefined {
  const sign = "localExtension";
  if (!local.startsWith("SendDocument-")) return undefined;
  if (local.startsWith("SendDocument-Online")) return { sign, says: "online-consultation", certain: true };
  if (local.startsWith("SendDocument-Consultation")) return { sign, says: "consultation-summary", certain: true };
  return { sign, says: "generic", certain: true };
}

/** Whether what is believed may well be wrong: a person is told to look (`Send-Document:use-case`). */
export function isGuess(told: ToldUseCase): boolean {
  return told.disputed || isNamedAlone(told);
}

/** Whether nothing says so but what somebody called the document, or nothing at all. */
export function isNamedAlone({ restsOn }: ToldUseCase): boolean {
  const [first, ...others] = restsOn;
  return others.length === 0 && (first === undefined || first === "title" || first === "text");
}
