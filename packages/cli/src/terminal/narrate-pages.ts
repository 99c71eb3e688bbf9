import type { PageEvent, VisitFault } from "@restante/mesh";
import { count, often, type Step, system } from "./event-words.ts";

/** Where the audit begins and ends is for the log alone. */
type ToldEvent = Exclude<PageEvent, { event: "audit-head" | "audit-removed" }>;

const visitFaults: Readonly<Record<VisitFault, string>> = {
  "not-the-proxy": "it is none of the proxies that are trusted",
  "not-over-https": "the proxy does not say that it was asked over HTTPS (X-Forwarded-Proto)",
  "visitor-unnamed": "the proxy does not say who asks (X-Forwarded-For)",
  "other-name": "they were asked for under a name that is not theirs",
  "too-many-at-once": "all connections that there may be are taken",
  "token-refused": "the token is none, has ended or was revoked (restante token list)",
  "asked-by-a-browser": "the API is for programs, and a page in a browser had it asked",
  "form-from-elsewhere": "another site had it sent, or none",
  "form-without-token": "it has not the token of its page, as where that was open over a start",
};

/** How the trouble of a system's pages is told, and that it is over. */
export function narratePages(event: ToldEvent): Step {
  const who = system(event.odsCode);
  switch (event.event) {
    case "page-failed":
      return {
        who,
        what: `a page of the worklist (${event.route}) fails, ${count(event.times, "time", "times")} so far: ${event.code}`,
        tone: "bad",
      };
    case "page-works-again":
      return {
        who,
        what: `the page ${event.route} works again, after ${count(event.times, "failure", "failures")}`,
        tone: "good",
      };
    case "visit-refused":
      return {
        who,
        what: `${event.code.startsWith("form-") ? "a form was not taken from" : "its pages were not shown to"} ${event.address}, ${often(event)}: ${visitFaults[event.code]}`,
        tone: "bad",
      };
    case "token-ends":
      return {
        who,
        what: `the token ${event.name} ends at ${event.endsAt.toISOString()}: give its program another (restante token add)`,
        tone: "bad",
      };
    case "audit-unreadable":
      return { who, what: `where the audit of the pages ends cannot be read: ${event.code}`, tone: "bad" };
  }
}
