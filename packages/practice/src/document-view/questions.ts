import { bounded, mostKept } from "../bounded.ts";
import type { DocumentEntry } from "../document-view.ts";
import { extensionsOf, rest } from "./facts.ts";
import { type Called, Saying } from "./saying.ts";
import { type Held, isHeld, listOf, textIn } from "./term.ts";

const unread: ReadonlySet<string> = new Set(
  "id text linkId answer item extension modifierExtension _linkId".split(" "),
);

/** Each question with its answers, in the order of the form; below a group, or an answer, what is asked within it. */
export function* questions(items: unknown, called: Called, path = ""): Generator<DocumentEntry> {
  for (const item of listOf(items)) {
    if (!isHeld(item)) continue;
    const text = textIn(item, "text") ?? textIn(item, "linkId") ?? "";
    const answers = listOf(item["answer"]).filter(isHeld);
    yield questionOf(item, text, answers, called, path);
    const within = bounded(path === "" ? text : `${path} > ${text}`, mostKept);
    for (const answer of answers) yield* questions(answer["item"], called, within);
    yield* questions(item["item"], called, within);
  }
}

function questionOf(item: Held, text: string, answers: readonly Held[], called: Called, path: string): DocumentEntry {
  const saying = new Saying(called);
  const said = answers.flatMap((answer) =>
    Object.entries(answer).flatMap(([name, value]) => (unread.has(name) ? [] : saying.say(name, value))),
  );
  const more = [...rest(item, unread, saying), ...extensionsOf(item, saying)];
  return {
    type: "QuestionnaireResponse",
    ...(text !== "" && { term: { text, codings: [] } }),
    against: [],
    value: said.length === 0 ? [] : [{ what: "", said }],
    range: [],
    interpretation: [],
    status: [],
    dates: [],
    more: path === "" ? more : [{ what: "part of", said: [path] }, ...more],
    notShown: [...saying.unsaid],
  };
}
