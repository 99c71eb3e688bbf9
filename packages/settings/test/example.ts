import {
  distinct,
  idOf,
  list,
  mailboxIdFormat,
  object,
  type ObjectSchema,
  odsCodeFormat,
  optional,
  flag,
  oneOf,
  text,
  variants,
  whole,
  withRules,
} from "@restante/settings";

export interface Example {
  name: string;
  port: number;
  mailboxes: { mailboxId: string; odsCode: string }[];
}

export const exampleSchema: ObjectSchema<Example> = withRules(
  object<Example>(
    {
      name: text({ description: "A name." }),
      port: whole({ description: "A port.", from: 0, to: 65_535 }),
      mailboxes: list(
        object<Example["mailboxes"][number]>(
          {
            mailboxId: text({ description: "Its id.", format: mailboxIdFormat }),
            odsCode: text({ description: "Whose.", format: odsCodeFormat }),
          },
          { description: "A mailbox." },
        ),
        { description: "The mailboxes." },
      ),
    },
    { description: "An example." },
  ),
  distinct(["/mailboxes/*/mailboxId"], idOf(mailboxIdFormat)),
);

export interface WithDefaults {
  strict?: boolean;
  match?: "spine" | "strict";
  retries?: { attempts?: number; firstWaitMs?: number };
  note?: string;
  ways?: Way[];
}

type Way = { kind: "folder"; folder: string; pollMs?: number } | { kind: "api"; url: string };

export const defaultsSchema: ObjectSchema<WithDefaults> = object<WithDefaults>(
  {
    strict: optional(flag({ description: "Strict.", default: false })),
    match: optional(oneOf(["spine", "strict"], { description: "Match.", default: "spine" })),
    retries: optional(
      object<NonNullable<WithDefaults["retries"]>>(
        {
          attempts: optional(whole({ description: "Attempts.", from: 1, to: 100, default: 3 })),
          firstWaitMs: optional(whole({ description: "Wait.", from: 0, to: 1000, default: 250 })),
        },
        { description: "Retries.", default: {} },
      ),
    ),
    note: optional(text({ description: "A note." })),
    ways: optional(
      list(
        variants<Way>(
          "kind",
          [
            object<Extract<Way, { kind: "folder" }>>(
              {
                kind: oneOf(["folder"], { description: "By folder." }),
                folder: text({ description: "Which." }),
                pollMs: optional(whole({ description: "Poll.", from: 1, to: 1000, default: 5 })),
              },
              { description: "A folder." },
            ),
            object<Extract<Way, { kind: "api" }>>(
              { kind: oneOf(["api"], { description: "By API." }), url: text({ description: "Where." }) },
              { description: "The API." },
            ),
          ],
          { description: "A way." },
        ),
        { description: "The ways." },
      ),
    ),
  },
  { description: "Defaults." },
);
