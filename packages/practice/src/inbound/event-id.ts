import { isMessageId, type MessageId } from "@restante/mesh";
import { pairName } from "@restante/mesh-client";

/**
 * How events name a received message: by its MESH id. A pair without one is known by its file name, which whoever
 * dropped it chose and which may name a patient: that becomes a digest.
 */
export function eventId(messageId: string): MessageId {
  return isMessageId(messageId) ? messageId : (pairName(messageId) as MessageId);
}
