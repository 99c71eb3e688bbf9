export { type ApiError, type ApiErrorName, apiErrors } from "./api-errors.ts";
export { type ChunkRange, formatChunkRange, parseChunkRange } from "./chunk-range.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  type AddressType,
  type ControlElement,
  controlElements,
  type ControlFile,
  ControlFileError,
  type StatusRecord,
} from "./control-file.ts";
export { CodedError, type Retry } from "./errors.ts";
export type * from "./events.ts";
export { decodeHeaderText, encodeHeaderText, isAscii, isLatin1HeaderText } from "./header-text.ts";
export {
  characterCount,
  hasControlCharacter,
  headerLimits,
  headerNames,
  isChecksumText,
  latin1Headers,
  type MexHeaders,
  readMexHeaders,
  writeMexHeaders,
} from "./headers.ts";
export {
  isMessageId,
  isProductionMessageId,
  type MailboxId,
  type MessageId,
  newMessageId,
  type NhsNumber,
  type OdsCode,
  parseMailboxId,
  parseMessageId,
  parseOdsCode,
} from "./ids.ts";
export { escapePointer, type JsonText, readJsonText, type TextPlace } from "./json-text.ts";
export { type LastingTroubles, lastingTroubles, type Trouble } from "./lasting-trouble.ts";
export { fileExtension, mediaTypeOf } from "./file-extension.ts";
export { messageFileName } from "./message-file-name.ts";
export { MeshError, type MeshErrorCode } from "./mesh-error.ts";
export { normaliseName } from "./names.ts";
export { nearestName } from "./nearest-name.ts";
export { formatNhsNumber, isNhsNumber, parseNhsNumber, readNhsNumber, syntheticNhsNumber } from "./nhs-number.ts";
export { holdsNhsNumber, redactNhsNumbers } from "./nhs-numbers-in-text.ts";
export { readControlFile } from "./read-control-file.ts";
export {
  type DateOrder,
  isRoutingAddress,
  parseRoutingAddress,
  redactRoutingAddresses,
  type RoutingAddress,
  writeRoutingAddress,
} from "./routing-address.ts";
export {
  clientStatuses,
  reportMaker,
  reportStatuses,
  type RoutingErrorCode,
  serverCodes,
  type Status,
  type StatusEvent,
  statusEventOf,
  statusWords,
} from "./status-codes.ts";
export { formatTimestamp, formatUkTimestamp, readTimestamp } from "./timestamp.ts";
export {
  createToken,
  isCurrent,
  isGenuine,
  parseToken,
  type Token,
  type TokenInput,
  type TokenSecrets,
  tokenSource,
  tokenTime,
} from "./token.ts";
export { ackWorkflow, defaultRoutedWorkflows, isAckWorkflow } from "./workflows.ts";
export { withWindowsCharacters } from "./windows-1252.ts";
export { writeControlFile } from "./write-control-file.ts";
export { decodeXml } from "./xml-text.ts";
