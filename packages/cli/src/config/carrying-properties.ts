import {
  directoryClientDefaults,
  type DirectoryClientOptions,
  type ReportSettings,
  type RetentionDays,
} from "@restante/mesh-client/directory";
import {
  flag,
  type JsonSchema,
  object,
  oneOf,
  optional,
  type Optional,
  type PropertiesOf,
  whole,
} from "@restante/settings";
import { LONGEST_MS } from "./shared-properties.ts";

/** What `createDirectoryClient` takes, for each of the mailboxes. */
export type CarryingSettings = {
  [
    Name in keyof Omit<
      DirectoryClientOptions,
      | "client"
      | "folder"
      | "workers"
      | "observer"
      | "ofProcess"
      | "clock"
      | "emit"
      | "onLost"
      | "takeOver"
      | "lockTimes"
      | "onlyDecides"
      | "missingPairAfterMs"
      | "reports"
      | "retention"
    >
  ]?: Exclude<DirectoryClientOptions[Name], undefined>;
} & {
  missingPairAfterMs?: { data?: number; control?: number };
  retention?: { -readonly [Name in keyof RetentionDays]?: number };
  reports?: { -readonly [Name in keyof ReportSettings]?: boolean };
};

const by = directoryClientDefaults;

export const carryingProperties: PropertiesOf<CarryingSettings> = {
  group: optional({
    json: {
      type: ["string", "integer"],
      minimum: 0,
      description:
        "The group, by name or number, of another user who reads IN and writes OUT: those two are opened to it. Absent: everything is for its owner alone.",
    },
    formats: [],
    rules: [],
  }),
  pollIntervalMs: optional(
    whole({
      description:
        "Milliseconds from the end of a poll to the beginning of the next. MESH asks for 5 minutes at least where nothing is waiting.",
      from: 1,
      to: LONGEST_MS,
      default: by.pollIntervalMs,
    }),
  ),
  pollJitterPercent: optional(
    whole({
      description:
        "By up to how much of pollIntervalMs, at random, a poll comes later: clients that were started together do not go on asking together.",
      from: 0,
      to: 100,
      default: by.pollJitterPercent,
    }),
  ),
  settleMs: optional(
    whole({
      description: "Milliseconds for which a file in OUT must be unchanged before it is read.",
      from: 0,
      to: LONGEST_MS,
      default: by.settleMs,
    }),
  ),
  missingPairAfterMs: optional(
    object<NonNullable<CarryingSettings["missingPairAfterMs"]>>(
      {
        data: optional(
          whole({
            description: "Milliseconds for which a .dat waits for its .ctl.",
            from: 0,
            to: Number.MAX_SAFE_INTEGER,
            default: by.missingPairAfterMs.data,
          }),
        ),
        control: optional(
          whole({
            description: "Milliseconds for which a .ctl waits for its .dat.",
            from: 0,
            to: Number.MAX_SAFE_INTEGER,
            default: by.missingPairAfterMs.control,
          }),
        ),
      },
      { description: "How long half a pair waits for the other half before it fails.", default: {} },
    ),
  ),
  answerWaitMs: optional(
    whole({
      description: 'Milliseconds after a send without an answer from which "no such message" is believed.',
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      default: by.answerWaitMs,
    }),
  ),
  attempts: optional(
    whole({
      description: "How many sends without an answer make a failed pair.",
      from: 1,
      to: 1_000_000,
      default: by.attempts,
    }),
  ),
  waitForEarlierMs: optional(
    whole({
      description:
        "Milliseconds for which pairs wait for an earlier one to the same addressee that is being retried. Then they overtake it, which is told.",
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      default: by.waitForEarlierMs,
    }),
  ),
  onAmbiguous: optional(
    oneOf(["hold", "resend"], {
      description:
        "What becomes of a pair of which nobody can tell whether it was sent. hold: it waits for a person. resend: it is sent again, for receivers who know a message that comes twice.",
      default: by.onAmbiguous,
    }),
  ),
  maxRequestBytes: optional(
    whole({
      description: "The most bytes sent in one request, after compression; larger messages go in chunks.",
      from: 1,
      to: 1_000_000_000,
      default: by.maxRequestBytes,
    }),
  ),
  chunkBytes: optional(
    whole({
      description: "Bytes of a larger message, before compression, in each of its chunks.",
      from: 1,
      to: 1_000_000_000,
      default: by.chunkBytes,
    }),
  ),
  commit: optional(
    oneOf(["single", "two-chunk"], {
      description:
        "How a pair is sent that could be in doubt. single: in one request. two-chunk: pairs with AllowChunking=Y go in two chunks at least, so that no doubt can arise whether they were sent; only for recipients who can read chunks.",
      default: by.commit,
    }),
  ),
  maxMessageBytes: optional(
    whole({
      description: "The most bytes that a received message may be decompressed to.",
      from: 1,
      to: Number.MAX_SAFE_INTEGER,
      default: by.maxMessageBytes,
    }),
  ),
  sendFileName: optional(
    flag({
      description:
        "Whether the recipient is told what the .dat was called. false: nobody is, for files that are named after patients; a pair in doubt is then settled without comparing names.",
      default: by.sendFileName,
    }),
  ),
  keepSent: optional(
    flag({
      description: "Whether sent pairs are kept in SENT. False: they are removed from OUT once they are sent.",
      default: by.keepSent,
    }),
  ),
  retention: optional(
    object<NonNullable<CarryingSettings["retention"]>>(
      {
        sent: optional(
          whole({ description: "Days for which pairs stay in SENT. Absent: for good.", from: 1, to: 36_500 }),
        ),
        failed: optional(
          whole({ description: "Days for which pairs stay in FAILED. Absent: for good.", from: 1, to: 36_500 }),
        ),
      },
      { description: "When pairs are removed from SENT and FAILED. Absent: never." },
    ),
  ),
  reports: optional(
    object<NonNullable<CarryingSettings["reports"]>>(
      {
        collect: optional(
          flag({ description: "A pair was collected from OUT (COLLECT SUCCESS).", default: by.reports.collect }),
        ),
        transfer: optional(
          flag({ description: "A pair was sent (TRANSFER SUCCESS 00).", default: by.reports.transfer }),
        ),
        delay: optional(
          flag({ description: "A pair still waits to be sent (TRANSFER SUCCESS 05).", default: by.reports.delay }),
        ),
        authentication: optional(
          flag({
            description:
              "A pair waits because the server (TRANSFER ERROR 03) or this client (TRANSFER ERROR 04) could not prove who it is.",
            default: by.reports.authentication,
          }),
        ),
        poll: optional(flag({ description: "A poll succeeded (RECEIVE SUCCESS 00).", default: by.reports.poll })),
        pollFailures: optional(
          flag({
            description: "A poll failed (RECEIVE ERROR 15, 16, 17). Absent: as poll is.",
          }),
        ),
      },
      {
        description:
          "Which reports appear in IN. Those of a pair that failed always do: nothing else tells its sender.",
        default: {},
      },
    ),
  ),
  orderWaitMs: optional(
    whole({
      description:
        "Milliseconds for which a received message waits for one listed before it that is still being fetched. Then it comes to IN first, which is told.",
      from: 1000,
      to: LONGEST_MS,
      default: by.orderWaitMs,
    }),
  ),
  statusTimes: optional(
    oneOf(["uk", "utc"], {
      description:
        "In which time status records are dated in SENT, FAILED and IN. uk: as clocks in the UK show it, like the NHS client. utc: the same all year.",
      default: by.statusTimes,
    }),
  ),
};

/** What of a file is for the directory client of a mailbox: what it has of its own, and what is for all. */
export function carryingOf(file: CarryingSettings, { keepSent, reports }: OwnSettings): CarryingSettings {
  const ofAll = Object.entries(file).filter(([name]) => Object.hasOwn(carryingProperties, name));
  return {
    ...(Object.fromEntries(ofAll) as CarryingSettings),
    ...(keepSent !== undefined && { keepSent }),
    reports: { ...file.reports, ...reports },
  };
}

/** What a mailbox may have otherwise than the others. */
export type OwnSettings = Pick<CarryingSettings, "keepSent" | "reports">;

export const ownProperties: PropertiesOf<OwnSettings> = {
  keepSent: ofOne(carryingProperties.keepSent),
  reports: ofOne(carryingProperties.reports),
};

/** The same setting of one mailbox alone. */
function ofOne<Value>(property: Optional<Value>): Optional<Value> {
  return { ...property, json: withoutDefaults(property.json) };
}

function withoutDefaults({ description = "", properties = {}, ...json }: JsonSchema): JsonSchema {
  const rest = Object.entries(json).filter(([keyword]) => keyword !== "default");
  const own = Object.entries(properties).map(([name, property]) => [name, withoutDefaults(property)] as const);
  return {
    ...Object.fromEntries(rest),
    description: `${description} Absent: that of all mailboxes.`,
    ...(own.length > 0 && { properties: Object.fromEntries(own) }),
  };
}
