import { isProductionMessageId, type MessageId } from "@restante/mesh";
import { pairName } from "@restante/mesh-client/directory";

/** Ids that no person chooses: 32 hex digits, or a UUID. */
const madeByMachine = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * How events name a received message: by its MESH id, where its form says that a machine made it. Any other may be the
 * file name of a pair that was dropped by hand, which may name a patient: that becomes a digest, the first 8 digits of
 * its SHA-256, by which the file name of an id (`sha256.` and its digest) begins too.
 */
export function eventId(messageId: string): MessageId {
  if (isProductionMessageId(messageId) || madeByMachine.test(messageId)) return messageId as MessageId;
  return pairName(messageId) as MessageId;
}
