import type { ActBy, Actor } from "@restante/practice";
import { numberIn, refusal } from "@restante/web";
import { listIn, type Notice } from "./return-path.ts";
import { changedWords, type FormAct } from "./words.ts";

type Form = Readonly<Record<string, string>> | undefined;

/** On what a person acts who sends a form: what its page showed. */
export function actIn(form: Form, actor: Actor): ActBy {
  const version = numberIn(form ?? {}, "version");
  if (version === undefined) {
    throw refusal(
      409,
      "This page is from before the system was updated, so nothing was done. Open the page again and retry.",
    );
  }
  return { actor, version };
}

/** What the page of a thing shows besides it, in answer to a form that came too late: nothing of it is lost. */
export function shownAgain(
  act: FormAct,
  address: string,
  form: Form,
): { notice: Notice; note: string | undefined; refresh: string } {
  return {
    notice: { text: changedWords(act), important: true },
    note: form?.["note"],
    refresh: pageOf(address, form),
  };
}

/** Where the page is found that answers a form: the address that the form was sent to has none. */
export function pageOf(address: string, form: Form): string {
  const list = listIn(form?.["from"]);
  return list === undefined ? address : `${address}?from=${encodeURIComponent(list)}`;
}
