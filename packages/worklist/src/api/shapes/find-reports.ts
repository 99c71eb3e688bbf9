import type { ListSort, ReportQuery } from "@restante/practice";
import { object, type ObjectSchema, oneOf, optional, type PropertiesOf } from "@restante/settings";
import { type ReportView, standings } from "../../reports-asked.ts";
import { type PageAsked, pageProperties, partyKey, searchText } from "./find.ts";

const states: readonly ["all", ...ReportView[]] = ["all", "attention", "dealt-with", ...standings];

/** What reports are asked for by. Nothing of it names a patient: it stands in an address. */
export interface ReportsWanted extends PageAsked {
  state?: "all" | ReportView;
  receiver?: string;
  sort?: ListSort;
}

/** The same with what may name a patient: it stands in a body. */
export interface ReportsSearched extends ReportsWanted {
  text: string;
}

const wanted: PropertiesOf<ReportsWanted> = {
  state: optional(
    oneOf(states, {
      description:
        "attention: somebody must look at it; dealt-with: somebody has; awaited: it is on its way, or its answer is still to come; late: that should have come; undelivered: failed or returned.",
      default: "all",
    }),
  ),
  receiver: optional(partyKey("Who it goes to: a key of /receivers.")),
  sort: optional(oneOf(["newest", "oldest"], { description: "By when they were made.", default: "newest" })),
  ...pageProperties,
};

export const reportsWanted: ObjectSchema<ReportsWanted> = object<ReportsWanted>(wanted, {
  description: "Which reports are asked for.",
});

export const reportsSearched: ObjectSchema<ReportsSearched> = object<ReportsSearched>(
  {
    text: searchText(
      "Words that a report must all have, of 10 at most: subject, which names the patient, or recipient.",
    ),
    ...wanted,
  },
  { description: "Which reports are searched for." },
);

/** What the practice is asked for. */
export function reportQueryOf({
  text,
  state = "all",
  receiver,
}: ReportsWanted & { readonly text?: string }): ReportQuery {
  return {
    ...(text !== undefined && { text }),
    ...(state !== "all" && { show: state }),
    ...(receiver !== undefined && { receiver }),
  };
}
