// Options of the commands that work on one letter or message.
import type { Strictness, UseCase } from "@restante/itk3";
import { type OdsCode, parseOdsCode } from "@restante/mesh";
import { amount, oneOf, text, wholeNumber } from "../../command-line/kinds.ts";
import { defaulted, flag, type Kind, type Option, optional } from "../../command-line/option.ts";

/** What a receiver takes unless told otherwise: ITK3 recommends no more than 5 MB. */
const DEFAULT_MAX_MB = 5;
/** As much as one MESH request carries. */
const HIGHEST_MAX_MB = 100;

const file = text("a file", "file");

// Of a command that takes a consultation.

export const to: Option<OdsCode | undefined> = optional("to", readableOdsCode(), {
  value: "CODE",
  about:
    "the organisation to send to, found by address lookup; else the provider that the file names, else the patient's registered practice",
});

export const keepId: Option<boolean> = flag(
  "keep-id",
  "send under the id and version in the file: the same id and version are sent once only",
);

export const wait: Option<number> = defaulted(
  "wait",
  wholeNumber({ wanted: "a number of seconds", to: Number.MAX_SAFE_INTEGER }),
  { value: "SECONDS", about: "how long to watch", default: "60", note: "0: store and return" },
);

export const into: Option<string> = defaulted("into", text("a folder", "folder"), {
  value: "DIR",
  about: "the folder to write the files to",
  default: ".",
});

// Of a command that reads a message.

const ctl: Option<string | undefined> = optional("ctl", file, {
  value: "FILE",
  about: "the control file",
  otherwise: "the .ctl of the same name beside it, if there is one",
});

const generation: Option<"1" | "2" | undefined> = optional("generation", oneOf(["1", "2"]), {
  value: "NUMBER",
  about: "hold it against GP Connect Messaging 1.x or Send Document 2",
  otherwise: "told from the message",
});

const useCase: Option<UseCase | undefined> = optional(
  "use-case",
  oneOf<UseCase>(["consultation-summary", "online-consultation", "generic", "response"]),
  { value: "NAME", about: "hold it against this use case", otherwise: "told from the message" },
);

const maxSize: Option<number> = defaulted(
  "max-size",
  amount(`a number of MB up to ${HIGHEST_MAX_MB}`, HIGHEST_MAX_MB),
  {
    value: "MB",
    about: "larger messages are refused, with 20015",
    default: String(DEFAULT_MAX_MB),
    note: `at most ${HIGHEST_MAX_MB}`,
  },
);

// Of a command that refuses messages, or says which would be.

function strictnessUnlessNamed(otherwise: string): Option<Strictness | undefined> {
  return optional("strictness", oneOf<Strictness>(["deliver", "refuse"]), {
    value: "NAME",
    about: "refuse only what no person could be given, or whatever breaks a requirement that must be met",
    otherwise,
  });
}

/** Of a command that has settings. */
export const strictness: Option<Strictness | undefined> = strictnessUnlessNamed("that of the settings, or deliver");

export const checkOptions: {
  readonly ctl: typeof ctl;
  readonly generation: typeof generation;
  readonly useCase: typeof useCase;
  readonly strictness: typeof strictness;
  readonly maxSize: typeof maxSize;
} = { ctl, generation, useCase, strictness: strictnessUnlessNamed("deliver"), maxSize };

export const format: Option<"text" | "json" | "sarif" | "html"> = defaulted(
  "format",
  oneOf(["text", "json", "sarif", "html"]),
  { value: "FORMAT", about: "how to write it", default: "text" },
);

export const output: Option<string | undefined> = optional("output", file, {
  value: "FILE",
  about: "where to write the result",
  otherwise: "here",
});

export const mailbox: Option<string | undefined> = optional("mailbox", text("a mailbox id"), {
  value: "ID",
  about: "this mailbox alone; of respond, the one that answers",
});

export const ods: Option<string | undefined> = optional("ods", text("an ODS code"), {
  value: "CODE",
  about: "the organisation that answers",
  note: "goes with --mailbox",
});

function readableOdsCode(): Kind<OdsCode> {
  return {
    wanted: "an ODS code (3 to 12 letters and digits)",
    isNumber: false,
    read(typed) {
      try {
        return parseOdsCode(typed);
      } catch {
        return undefined;
      }
    },
  };
}
