import type { DirectorySettings } from "./context.ts";
import { directoryClientDefaults } from "./defaults.ts";
import type { DirectoryClientOptions } from "./options.ts";

/** What a directory client goes by: what its options say, and the defaults of the rest. */
export function readSettings(options: DirectoryClientOptions): DirectorySettings {
  const by = directoryClientDefaults;
  const missing = options.missingPairAfterMs;
  const { data, control } = typeof missing === "number" ? { data: missing, control: missing } : (missing ?? {});
  return {
    settleMs: options.settleMs ?? by.settleMs,
    missingDataAfterMs: data ?? by.missingPairAfterMs.data,
    missingControlAfterMs: control ?? by.missingPairAfterMs.control,
    answerWaitMs: options.answerWaitMs ?? by.answerWaitMs,
    attempts: options.attempts ?? by.attempts,
    waitForEarlierMs: options.waitForEarlierMs ?? by.waitForEarlierMs,
    onAmbiguous: options.onAmbiguous ?? by.onAmbiguous,
    maxRequestBytes: options.maxRequestBytes ?? by.maxRequestBytes,
    chunkBytes: options.chunkBytes ?? by.chunkBytes,
    commit: options.commit ?? by.commit,
    maxMessageBytes: options.maxMessageBytes ?? by.maxMessageBytes,
    sendFileName: options.sendFileName ?? by.sendFileName,
    keepSent: options.keepSent ?? by.keepSent,
    orderWaitMs: options.orderWaitMs ?? by.orderWaitMs,
    statusTimes: options.statusTimes ?? by.statusTimes,
    reports: { ...by.reports, pollFailures: options.reports?.poll ?? by.reports.poll, ...options.reports },
  };
}
