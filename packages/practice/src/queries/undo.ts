import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { takeVerdictBack } from "../store/match-decisions.ts";
import { takeBack } from "../store/undoable.ts";
import { growVersion } from "../store/versions.ts";
import type { ActBy, ActOutcome } from "../actor.ts";
import { act } from "./acting.ts";
import { lookAgain } from "./look-again.ts";
import { optionalText } from "./rows.ts";
import { aboutWhat } from "./sent-by-us.ts";

export function undoSending(context: PracticeContext, headerId: string, by: ActBy): ActOutcome {
  const { database } = context;
  const left = (): PracticeError =>
    new PracticeError("left-already", "It has begun to leave, so it cannot be taken back any more.");
  const key = aboutWhat(database, headerId);
  if (key === undefined) throw left();
  return act(context, key, by, {
    act: "taken-back",
    change(at) {
      const answer = database
        .prepare("SELECT code || ' ' || text AS about FROM given_response WHERE header_id = ?")
        .get(headerId);
      const what = takeBack(database, headerId, at);
      if (what === undefined) throw left();
      if (what === "decision") growVersion(database, key);
      if (what === "match") takeVerdictBack(database, key.id);
      lookAgain(database, key);
      return { about: what === "held" ? "Sending it again" : optionalText(answer ?? {}, "about") };
    },
  });
}
