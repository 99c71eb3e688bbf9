import type { ActBy } from "@restante/practice";
import { numberIn, refusal, type Request, type Site } from "@restante/web";
import { listIn, type Notice } from "./return-path.ts";
import { actorAt } from "./site.ts";
import { changedWords, type FormAct } from "./words.ts";
import { refusals } from "./words/refusals.ts";

type Form = Readonly<Record<string, string>> | undefined;

/** Who sends a form, and on what they act: what its page showed. */
export function actIn(site: Site, request: Request): ActBy {
  const version = numberIn((request.body as Form) ?? {}, "version");
  if (version === undefined) {
    throw refusal(409, refusals["page-of-before"]);
  }
  return { actor: actorAt(site, request), version };
}

/** What the page of a thing shows besides it, in answer to a form that came too late: nothing of it is lost. */
export function shownAgain(
  act: FormAct,
  address: string,
  form: Form,
): { notice: Notice; note: string | undefined; filled: Form; refresh: string } {
  return {
    notice: { text: changedWords(act), important: true },
    note: form?.["note"],
    filled: form,
    refresh: pageOf(address, form),
  };
}

/** Where the page is found that answers a form: the address that the form was sent to has none. */
export function pageOf(address: string, form: Form): string {
  const list = listIn(form?.["from"]);
  return list === undefined ? address : `${address}?from=${encodeURIComponent(list)}`;
}
