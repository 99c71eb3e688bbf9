import type { FastifyInstance, FastifyReply } from "fastify";
import { faultStatus, faultWords, type AnsweredFault } from "./access/door/visit-fault.ts";
import { words as issuerWords } from "./access/open-id/words.ts";
import { accountNotices } from "./access/pages/account-notices.ts";
import { notYours, route } from "./access/route-access.ts";
import { passwordWords } from "./access/users/password-words.ts";
import { problemWords, refusalWords, tooManyAttempts } from "./refusal-words.ts";
import type { Tag } from "./tag.ts";

/** Texts that people are told, for the page that shows all of them. */
export interface MessageGroup {
  readonly title: string;
  readonly messages: readonly Message[];
}

/** `tag`: the word in colour that it explains. */
export type Message = string | { readonly tag: Tag; readonly text: string };

export const messagesPath = "/messages";

/**
 * The page that shows what the messages say: those of a site, and those of every site. They are the texts themselves, of the tables
 * that the other pages take them from. Of no patient, so no row of the audit.
 */
export function serveMessages(
  app: FastifyInstance,
  show: (reply: FastifyReply, view: string, context: object) => Promise<void>,
  groups: readonly MessageGroup[],
): void {
  app.get(messagesPath, route({ needs: "signed-in" }), (_, reply) =>
    show(reply, "web/messages", { groups: [...groups, ...ofEverySite()] }),
  );
}

function ofEverySite(): MessageGroup[] {
  const later = "the time that is said then";
  return [
    {
      title: "Signing in, your account and the audit: what was filled in",
      messages: [
        ...Object.values(problemWords),
        ...Object.values(passwordWords),
        ...Object.values(tooManyAttempts).map((say) => say(later)),
      ],
    },
    { title: "Your account: what was done", messages: Object.values(accountNotices) },
    {
      title: "Signing in by another service",
      messages: Object.values(issuerWords).map(({ heading, text }) => `${heading}. ${text}`),
    },
    { title: "What you may not do", messages: Object.values(notYours) },
    {
      title: "Pages that are not there, or that did not work",
      messages: [
        ...Object.values(refusalWords),
        ...(Object.keys(faultStatus) as AnsweredFault[]).map((fault) => faultWords(fault)),
      ],
    },
  ];
}
