// The text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), which is little more than
// these lines: no library is worth it.

import { version } from "../version.ts";
import type { Condition } from "./condition.ts";
import type { Mailbox } from "./mailbox.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly values: readonly (readonly [Labels, number])[];
}

/** Where a mailbox can have trouble, so that a series is there before it has any. */
const places = ["server", "IN", "OUT", "SENT", "FAILED", "TEMP", ".restante"] as const;

/** What Prometheus is told: mailboxes, counts and times, never a pair's or a patient's name. */
export function metricsOf(condition: Condition): string {
  const { mailboxes, startedAt, reloadedAt, refusedAt, logTrouble, expiries } = condition;
  const each = (value: (mailbox: Mailbox) => number | undefined): Metric["values"] =>
    mailboxes.flatMap((mailbox) => {
      const found = value(mailbox);
      return found === undefined ? [] : [[{ mailbox: mailbox.mailboxId }, found] as const];
    });
  const one = (value: number): Metric["values"] => [[{}, value]];
  const metrics: Metric[] = [
    {
      name: "restante_client_info",
      help: "The version, as a label.",
      type: "gauge",
      values: [[{ version: version() }, 1]],
    },
    gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", one(seconds(startedAt))),
    gauge("process_resident_memory_bytes", "Memory of the process.", one(process.memoryUsage.rss())),
    gauge(
      "restante_client_mailbox_carried",
      "1 while the mailbox is carried, 0 while its client cannot start.",
      each((mailbox) => Number(mailbox.state().kind === "carrying")),
    ),
    gauge(
      "restante_client_mailbox_stuck",
      "1 while its poll does not get on, and it is not the server that it waits for.",
      each((mailbox) => Number(mailbox.stillFor() !== undefined)),
    ),
    gauge(
      "restante_client_last_successful_poll_timestamp_seconds",
      "When the mailbox was last polled and all was well; no value before the first time.",
      each(({ tally }) => (tally.lastSuccessAt === undefined ? undefined : seconds(tally.lastSuccessAt))),
    ),
    counter(
      "restante_client_pairs_sent_total",
      "Pairs sent.",
      each(({ tally }) => tally.sent),
    ),
    counter(
      "restante_client_pairs_failed_total",
      "Pairs moved to FAILED.",
      each(({ tally }) => tally.failed),
    ),
    counter(
      "restante_client_messages_received_total",
      "Messages and reports written to IN.",
      each(({ tally }) => tally.received),
    ),
    gauge(
      "restante_client_pairs_waiting",
      "Pairs in OUT that the last poll left there.",
      each(({ tally }) => tally.waiting),
    ),
    gauge(
      "restante_client_pairs_held",
      "Pairs in OUT that wait for a person.",
      each(({ tally }) => tally.held),
    ),
    gauge(
      "restante_client_messages_unfetched",
      "Messages that could not be fetched, and wait in MESH.",
      each(({ tally }) => tally.unfetched),
    ),
    gauge(
      "restante_client_sent_bytes",
      "Bytes in SENT, as last measured; no value before the first time.",
      each(({ tally }) => tally.kept?.sent.bytes),
    ),
    gauge(
      "restante_client_failed_bytes",
      "Bytes in FAILED, as last measured; no value before the first time.",
      each(({ tally }) => tally.kept?.failed.bytes),
    ),
    gauge(
      "restante_client_trouble",
      "1 while a place, a folder or the way to the server, cannot be used.",
      mailboxes.flatMap(({ mailboxId, tally }) =>
        places.map((place) => [{ mailbox: mailboxId, place }, Number(tally.troubles.has(place))] as const),
      ),
    ),
    gauge(
      "restante_client_certificate_expiry_timestamp_seconds",
      "When the first of the certificates that the mailbox needs expires.",
      each(({ mailboxId }) => {
        const at = expiries.get(mailboxId);
        return at === undefined ? undefined : seconds(at);
      }),
    ),
    gauge(
      "restante_client_config_last_reload_successful",
      "0 while the settings could not be read when that was last asked for.",
      one(Number(refusedAt === undefined)),
    ),
    gauge(
      "restante_client_config_last_reload_success_timestamp_seconds",
      "When the settings in use were read.",
      one(seconds(reloadedAt)),
    ),
    gauge("restante_client_log_failing", "1 while the log cannot be written.", one(Number(logTrouble !== undefined))),
  ];
  return metrics.map(written).join("");
}

function gauge(name: string, help: string, values: Metric["values"]): Metric {
  return { name, help, type: "gauge", values };
}

function counter(name: string, help: string, values: Metric["values"]): Metric {
  return { name, help, type: "counter", values };
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

function written({ name, help, type, values }: Metric): string {
  if (values.length === 0) return "";
  const lines = values.map(([labels, value]) => `${name}${labelled(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelled(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
}
