import { resolve } from "node:path";
import {
  distinct,
  idOf,
  list,
  mailboxIdFormat,
  object,
  odsCodeFormat,
  oneOf,
  optional,
  type Optional,
  type Schema,
  text,
  variants,
  whole,
  withRules,
} from "@restante/settings";
import { documentUseCases, type Strictness, strictnesses } from "@restante/itk3";
import { practiceDefaults, type PracticeOptions, type RetentionDays, type Tuning } from "@restante/practice";
import { businessResponse, type Doubtful } from "./business-response.ts";
import { clientTls, clientTlsPaths, clientTlsSecrets, type ClientTlsSettings } from "./client-tls.ts";
import { noticePaths, noticeRules, notices, noticeSecrets, type NoticeSettings, noticeTls } from "./notice-settings.ts";
import { openIdSecrets, openIdTls } from "./open-id-settings.ts";
import { pages, pagesPaths, pagesRules, type PagesSettings } from "./pages-settings.ts";
import type { Part } from "./part.ts";
import { secret, type SecretSource } from "./secret.ts";
import {
  callProperties,
  type CallSettings,
  directory,
  type DirectorySettings,
  log,
  LONGEST_MS,
} from "./shared-properties.ts";
import { unread, unreadRules, type UnreadSettings } from "./unread-settings.ts";

/** `practice.yaml`: an organisation's system, and the pages on which its people work. */
export interface PracticeFile extends Omit<
  PracticeOptions,
  // `organisation` with the role, transports as what they are made from, and the directory for both of the others.
  "organisation" | "role" | "transports" | "patients" | "organisations" | "clock" | "emit" | "unread" | "notices"
> {
  organisation: OrganisationSettings;
  transports: TransportSettings[];
  directory: DirectorySettings;
  pages?: PagesSettings;
  unread?: UnreadSettings;
  notices?: NoticeSettings;
  log?: string;
}

export interface OrganisationSettings {
  odsCode: string;
  name: string;
  role: "practice" | "pharmacy";
  phone: string;
  address?: { lines: string[]; postcode?: string };
  email?: string;
}

export type TransportSettings = DirectoryTransport | ApiTransport;

export interface DirectoryTransport {
  kind: "directory";
  mailboxId: string;
  folder: string;
}

export interface ApiTransport extends CallSettings {
  kind: "api";
  mailboxId: string;
  password: SecretSource;
  tls: ClientTlsSettings;
}

const by = practiceDefaults;

const mailboxId = text({ description: "The mailbox's id.", format: mailboxIdFormat });

const transport = variants<TransportSettings>(
  "kind",
  [
    object<DirectoryTransport>(
      {
        kind: oneOf(["directory"], { description: "By folders, which a MESH client carries." }),
        mailboxId,
        folder: text({ description: "The mailbox's own folder, holding IN, OUT, SENT and FAILED." }),
      },
      { description: "A mailbox worked by folders." },
    ),
    object<ApiTransport>(
      {
        kind: oneOf(["api"], { description: "By the MESH API itself." }),
        mailboxId,
        password: secret("The mailbox's password."),
        tls: clientTls("Mutual TLS."),
        ...callProperties,
      },
      { description: "A mailbox worked by the MESH API." },
    ),
  ],
  { description: "A mailbox, and the way it is worked." },
);

const tuning = object<Partial<Tuning>>(
  {
    batchSize: optional(
      whole({
        description: "Messages taken in by one pass, and messages handed over by one.",
        from: 1,
        to: 10_000,
        default: by.tuning.batchSize,
      }),
    ),
    importAttempts: optional(
      whole({
        description: "How often a message that cannot be taken in is tried, once a pass, before it is set aside.",
        from: 1,
        to: 1000,
        default: by.tuning.importAttempts,
      }),
    ),
    maxMessageBytes: optional(
      whole({
        description: "The longest message that is read, in bytes; a longer one is kept as a file and set aside.",
        from: 1,
        to: 500_000_000,
        default: by.tuning.maxMessageBytes,
      }),
    ),
    infrastructureOverdueMs: optional(
      whole({
        description: "Milliseconds after a report was built from which its infrastructure acknowledgement is overdue.",
        from: 1,
        to: Number.MAX_SAFE_INTEGER,
        default: by.tuning.infrastructureOverdueMs,
      }),
    ),
    businessOverdueMs: optional(
      whole({
        description:
          "Milliseconds after the infrastructure acknowledgement from which the business acknowledgement is overdue.",
        from: 1,
        to: Number.MAX_SAFE_INTEGER,
        default: by.tuning.businessOverdueMs,
      }),
    ),
    retryAfterMs: optional(
      whole({
        description: "Milliseconds before the second try of a hand-over; twice as long each time, up to an hour.",
        from: 1,
        to: 3_600_000,
        default: by.tuning.retryAfterMs,
      }),
    ),
    itk3Workflows: optional(
      list(text({ description: "A workflow id." }), {
        description:
          "The workflows that carry ITK3: a message on another one is never answered unless it reads as ITK3.",
        default: by.tuning.itk3Workflows,
      }),
    ),
  },
  { description: "What is seldom changed.", default: {} },
);

const daysFrom30 = (description: string): Optional<number> =>
  optional(whole({ description: `Days ${description} Absent: for good.`, from: 30, to: 36_500 }));

const retention = object<RetentionDays>(
  {
    tasks: daysFrom30(
      "for which a task stays after it was done or replaced; then all that says anything of a patient goes.",
    ),
    messages: daysFrom30("for which the message of such a task stays as it was received, with its documents."),
    audit: daysFrom30("for which rows of the audit of the pages stay."),
  },
  { description: "When what is old is removed. Absent: never." },
);

const filing = object<NonNullable<PracticeFile["filing"]>>(
  {
    folder: text({
      description:
        "The folder, which must be there: on a disk of its own or shared, and neither in nor around the data folder or a mailbox's. Each document becomes a folder in it, whole at once; whoever takes one away moves or deletes it.",
    }),
  },
  {
    description:
      "Where people may save documents, with what there is to know of them, for a record system. Absent: nothing is saved.",
  },
);

const schema: Schema<PracticeFile> = withRules(
  object<PracticeFile>(
    {
      organisation: object<OrganisationSettings>(
        {
          odsCode: text({ description: "Its code in the Organisation Data Service.", format: odsCodeFormat }),
          name: text({ description: "As people read it, in reports and on the pages." }),
          role: oneOf(["practice", "pharmacy"], {
            description: "A practice keeps a register of patients; a pharmacy does not.",
          }),
          phone: text({ description: "As people write it; in reports." }),
          address: optional(
            object<NonNullable<OrganisationSettings["address"]>>(
              {
                lines: list(text({ description: "One line." }), { description: "From house to county.", least: 1 }),
                postcode: optional(text({ description: "With its space. Absent: none." })),
              },
              { description: "Where it is; in reports. Absent: left out." },
            ),
          ),
          email: optional(text({ description: "In reports. Absent: left out." })),
        },
        { description: "Whose system it is." },
      ),
      dataFolder: text({ description: "Where it keeps everything; made if absent. One running system a folder." }),
      transports: list(transport, {
        description:
          "Its mailboxes. An answer leaves by the mailbox that its request came in by; a report for the registered practice by the first directory, or else the first; one for an organisation by the first that is worked by API.",
        least: 1,
      }),
      businessResponse,
      directory: directory("Who is registered here, and the organisations whose names are shown."),
      pages: optional(pages),
      unread: optional(unread),
      notices: optional(notices),
      generation: optional(
        oneOf([1, 2], {
          description: "The generation of GP Connect Messaging in which is sent; both are read.",
          default: by.generation,
        }),
      ),
      strictness: optional(
        oneOf(strictnesses, {
          description:
            "Which documents are refused: those that no person could be given (deliver), or whatever breaks a requirement that must be met (refuse). Holds for what is read from then on.",
          default: by.strictness,
        }),
      ),
      undoSeconds: optional(
        whole({
          description:
            "Seconds for which an answer that a person gives, or what they have sent again, waits before it is handed over, so that they can take it back. 0: it leaves at once.",
          from: 0,
          to: 600,
          default: by.undoSeconds,
        }),
      ),
      doesNotTake: optional(
        list(oneOf(documentUseCases, { description: "A kind of document." }), {
          description:
            "The kinds of document (consultation-summary, online-consultation, generic) that are not taken here, where a message says for certain of which it is: refused with 20010, and shown to a person as not taken. Holds for what is read from then on.",
          default: by.doesNotTake,
        }),
      ),
      filing: optional(filing),
      retention: optional(retention),
      pollIntervalMs: optional(
        whole({
          description: "Milliseconds between two passes. MESH asks for 5 minutes at least where nothing is waiting.",
          from: 1,
          to: LONGEST_MS,
          default: by.pollIntervalMs,
        }),
      ),
      tuning: optional(tuning),
      log: optional(log("practice")),
    },
    { description: "The settings of a practice system: restante practice --config FILE." },
  ),
  distinct(["/transports/*/mailboxId"], idOf(mailboxIdFormat)),
  distinct(["/transports/*/folder"], (folder) => resolve("/", folder)),
  ...pagesRules,
  ...unreadRules,
  ...noticeRules,
);

/** What is said on the command line of how messages are taken in. */
export interface PracticeChoices {
  readonly strictness?: Strictness | undefined;
  readonly doubtful?: Doubtful | undefined;
  /** By a person where the organisation has no register, whatever would decide in their place. */
  readonly decideByHand?: boolean;
}

/**
 * `--strictness`, `--doubtful` and `--decide-by-hand`, whatever the file says. An organisation without a register has no doubtful
 * matches, and of one with a register nobody decides otherwise.
 */
export function withChoices({ strictness, doubtful, decideByHand = false }: PracticeChoices): {
  override?: (file: PracticeFile) => PracticeFile;
} {
  if (strictness === undefined && doubtful === undefined && !decideByHand) return {};
  return {
    override(file) {
      const { businessResponse } = file;
      return {
        ...file,
        ...(strictness !== undefined && { strictness }),
        ...(doubtful !== undefined &&
          businessResponse.kind === "onMatch" && { businessResponse: { ...businessResponse, doubtful } }),
        ...(decideByHand && businessResponse.kind === "onDecision" && { businessResponse: { kind: "onDecision" } }),
      };
    },
  };
}

export const practicePart: Part<PracticeFile> = {
  name: "practice",
  schema,
  paths: [
    "/dataFolder",
    "/transports/*/folder",
    "/filing/folder",
    ...clientTlsPaths("/transports/*/tls"),
    "/directory/patients",
    "/directory/organisations",
    ...pagesPaths,
    ...noticePaths,
    "/log",
  ],
  secrets: [
    "/transports/*/password",
    "/transports/*/sharedKey",
    "/transports/*/proxy/password",
    ...clientTlsSecrets("/transports/*/tls"),
    ...openIdSecrets,
    ...noticeSecrets,
  ],
  tls: ["/transports/*/tls", "/pages/tls", ...openIdTls, ...noticeTls],
  directory: "/directory",
};
