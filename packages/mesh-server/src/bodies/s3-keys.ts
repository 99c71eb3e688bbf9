// The keys that requests are signed with, as the SDK finds them: in settings, in the environment, in a file, by a program, from the
// machine. It keeps those that have no end for good, and waits for whoever is to give them for ever. Here they are looked for anew
// once they were refused, and for no longer than a request may take.

import { areKeysRefused, keysFailure } from "./s3-words.ts";
import { until } from "./until.ts";

export interface S3Keys {
  /** Before each request. @throws {MeshServerError} `bodies-unusable` */
  find(signal: AbortSignal): Promise<void>;
  /** What a request failed with. */
  failed(error: unknown): void;
}

/** @param ask resolves at once with what it has found, unless that has ended or others are asked for */
export function createKeys(ask: (options: { forceRefresh: boolean }) => Promise<unknown>, where: string): S3Keys {
  let areOld = false;
  return {
    async find(signal) {
      try {
        await until(signal, ask({ forceRefresh: areOld }));
        areOld = false;
      } catch (error) {
        throw keysFailure(error, where);
      }
    },
    failed(error) {
      areOld ||= areKeysRefused(error);
    },
  };
}
