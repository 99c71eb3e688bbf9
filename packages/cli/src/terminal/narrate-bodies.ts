import type { Event } from "@restante/mesh";
import { count, often, type Step } from "./event-words.ts";

/** What a server says of the bodies that it keeps. */
type BodyStep = Extract<
  Event,
  { event: `body-${string}` | `bodies-${string}` | "quarantine-emptied" | "strange-files" }
>;

export function isAboutBodies(event: Event): event is BodyStep {
  return /^(?:bod(?:y|ies)-|quarantine-emptied$|strange-files$)/.test(event.event);
}

export function narrateBodies(event: BodyStep): Step {
  const who = "MESH server";
  const bodies = "bodies" in event ? count(event.bodies, "body", "bodies") : "";
  switch (event.event) {
    case "body-damaged": {
      // The size is known before the first byte, what is in it by the last.
      const isOfBytes = event.damage === "altered" || event.damage === "unreadable";
      const fate = isOfBytes ? "it is not sent, or, of more than 256 KiB, cut off before its end" : "it is not sent";
      const what = `${event.messageId}, chunk ${event.chunk}: the stored body is ${event.damage}; ${fate}, ${often(event)}`;
      return { who, what, tone: "bad" };
    }
    case "body-whole-again":
      return { who, what: `${event.messageId}, chunk ${event.chunk}: the stored body is whole again` };
    case "bodies-missing": {
      const missing = count(event.bodies, "body is", "bodies are");
      return { who, what: `${missing} missing from ${event.folder}: put the folder back as it was`, tone: "bad" };
    }
    case "bodies-quarantined": {
      const what = `${bodies} of no known message in ${event.folder}, ${event.added} of them new`;
      return { who, what, tone: "bad" };
    }
    case "quarantine-emptied":
      return { who, what: `${bodies} removed from ${event.folder} after 30 days`, tone: "bad" };
    case "strange-files": {
      const entries = count(event.files, "entry", "entries");
      return { who, what: `${entries} in ${event.folder} not of Restante: left alone`, tone: "bad" };
    }
    case "bodies-swept": {
      const uploads = count(event.uploads, "upload that never ended", "uploads that never ended");
      const left = event.left === undefined ? "" : `; ${event.left} could not be removed, one as ${event.reason}`;
      const what = `${bodies} of no known message and ${uploads} removed from ${event.place}${left}`;
      return { who, what, tone: "bad" };
    }
  }
}
