// What each route is, by its method and its path. Its parameters are those that the route holds a request against.

import {
  chunkHeaders,
  handshakeHeaders,
  inboxQuery,
  messageHeaders,
  type Parameter,
  richInboxQuery,
  richOutboxQuery,
  trackingQuery,
} from "../parameters.ts";
import * as shapes from "./answers.ts";

export interface Operation {
  readonly summary: string;
  readonly tag: "Mailbox" | "Inbox" | "Outbox" | "Lookup" | "Health" | "Admin";
  /** `token`: of a mailbox; `certificate`: none, but the client's certificate; `open`: anybody. */
  readonly asks: "token" | "certificate" | "open";
  readonly parameters?: readonly Parameter[];
  readonly body?: true;
  readonly deprecated?: true;
  /** By status. Those of every operation are left out here. */
  readonly answers: Readonly<Record<number, readonly [description: string, content?: shapes.Content]>>;
}

const accept: Parameter = optionalHeader("accept", "application/vnd.mesh.v2+json for version 2");
const acceptEncoding: Parameter = optionalHeader("accept-encoding", "gzip, for a body that came as such");
const contentEncoding: Parameter = optionalHeader("content-encoding", "gzip, if the body is");

const unknown = ["Not Found: there is no such message", shapes.error] as const;
const gone = ["Gone: it has expired, failed, or is not there yet", shapes.error] as const;
const refused = ["Expectation Failed: it cannot be sent so", shapes.error] as const;

const mailboxNotHere = ["Not Found: there is no such mailbox", shapes.error] as const;

/** Not of the API: as its NHS stand-in has them, for tests. */
function admin(
  summary: string,
  content: shapes.Content | undefined,
  missing?: Operation["answers"][number],
): Operation {
  return {
    summary,
    tag: "Admin",
    asks: "open",
    answers: {
      200: content === undefined ? ["Done"] : ["Done", content],
      401: ["Beyond this machine the token of control is asked for", shapes.error],
      403: ["The Host is not allowed, or a page calls", shapes.error],
      ...(missing !== undefined && { 404: missing }),
    },
  };
}

const mailbox = "/messageexchange/:mailboxId";

const handshake: Operation = {
  summary: "Validate a mailbox (handshake)",
  tag: "Mailbox",
  asks: "token",
  parameters: [optionalHeader("user-agent", "the client"), ...handshakeHeaders, accept],
  answers: { 200: ["The mailbox is known", shapes.handshake] },
};

const download: Operation = {
  summary: "Download a message, or its first chunk",
  tag: "Inbox",
  asks: "token",
  parameters: [acceptEncoding],
  answers: {
    200: ["All of it, or its last chunk; of a report no body", shapes.body],
    206: ["A chunk; there are more", shapes.body],
    404: unknown,
    410: gone,
  },
};

const health: Operation = {
  summary: "Whether the server answers",
  tag: "Health",
  asks: "open",
  answers: { 200: ["It does", shapes.health] },
};

export const operations: Readonly<Record<string, Operation>> = {
  [`GET ${mailbox}`]: handshake,
  [`POST ${mailbox}`]: handshake,
  [`POST ${mailbox}/update`]: {
    summary: "Report the version of a client",
    tag: "Mailbox",
    asks: "token",
    answers: { 200: ["Heard"] },
  },
  [`GET ${mailbox}/inbox`]: {
    summary: "Check an inbox",
    tag: "Inbox",
    asks: "token",
    parameters: [...inboxQuery, accept],
    answers: { 200: ["What waits, oldest first", shapes.inbox] },
  },
  [`GET ${mailbox}/inbox/rich`]: {
    summary: "What came, acknowledged or not",
    tag: "Inbox",
    asks: "token",
    parameters: richInboxQuery,
    answers: { 200: ["Whole messages, newest first", shapes.richInbox] },
  },
  [`GET ${mailbox}/count`]: {
    summary: "Count what waits",
    tag: "Inbox",
    asks: "token",
    deprecated: true,
    parameters: [accept],
    answers: { 200: ["How many", shapes.count] },
  },
  [`GET ${mailbox}/inbox/:messageId`]: download,
  [`HEAD ${mailbox}/inbox/:messageId`]: {
    ...download,
    summary: "The headers of a message",
    parameters: [],
    answers: { 200: ["They alone"], 404: [unknown[0]], 410: [gone[0]] },
  },
  [`GET ${mailbox}/inbox/:messageId/:chunk`]: { ...download, summary: "Download a chunk of a message" },
  [`PUT ${mailbox}/inbox/:messageId/status/acknowledged`]: {
    summary: "Acknowledge a message",
    tag: "Inbox",
    asks: "token",
    parameters: [accept],
    answers: { 200: ["It waits no more", shapes.acknowledged], 404: unknown },
  },
  [`POST ${mailbox}/outbox`]: {
    summary: "Send a message, or its first chunk",
    tag: "Outbox",
    asks: "token",
    body: true,
    parameters: [...messageHeaders, contentEncoding, accept],
    answers: {
      202: ["It is on disk", shapes.sent],
      413: ["The body is larger than is taken", shapes.error],
      417: refused,
      422: ["The content encoding is not known", shapes.error],
    },
  },
  [`POST ${mailbox}/outbox/:messageId/:chunk`]: {
    summary: "Send a further chunk",
    tag: "Outbox",
    asks: "token",
    body: true,
    parameters: [...chunkHeaders, contentEncoding, accept],
    answers: {
      202: ["It is on disk", shapes.sentChunk],
      404: unknown,
      406: ["There are not so many chunks", shapes.error],
      409: ["This chunk is there with other content", shapes.error],
      413: ["The body is larger than is taken", shapes.error],
      417: refused,
      422: ["The content encoding is not known", shapes.error],
      423: ["The message is complete", shapes.error],
    },
  },
  [`GET ${mailbox}/outbox/rich`]: {
    summary: "What was sent",
    tag: "Outbox",
    asks: "token",
    parameters: richOutboxQuery,
    answers: { 200: ["Whole messages, newest first", shapes.richOutbox] },
  },
  [`GET ${mailbox}/outbox/tracking`]: {
    summary: "Track a message that was sent",
    tag: "Outbox",
    asks: "token",
    parameters: [...trackingQuery, accept],
    answers: { 200: ["What became of it", shapes.tracking], 404: unknown },
  },
  [`GET ${mailbox}/outbox/tracking/:localId`]: {
    summary: "Track a message by its local identifier, always in version 1",
    tag: "Outbox",
    asks: "token",
    deprecated: true,
    answers: {
      200: ["What became of it", shapes.trackingV1],
      300: ["More than one message has it", shapes.error],
      404: unknown,
    },
  },
  "GET /messageexchange/endpointlookup/:odsCode/:workflowId": {
    summary: "Which mailboxes of an organisation take a workflow",
    tag: "Lookup",
    asks: "certificate",
    parameters: [accept],
    answers: { 200: ["They, or none", shapes.lookup] },
  },
  "GET /endpointlookup/mesh/:odsCode/:workflowId": {
    summary: "The same by its older path, always in version 1",
    tag: "Lookup",
    asks: "certificate",
    answers: { 200: ["They, or none", shapes.olderLookup] },
  },
  "GET /messageexchange/workflowsearch/:workflowId": {
    summary: "Which mailboxes take a workflow",
    tag: "Lookup",
    asks: "certificate",
    parameters: [accept],
    answers: { 200: ["They, or none", shapes.workflowSearch] },
  },
  "GET /health": health,
  "GET /messageexchange/_ping": health,
  "GET /livez": { ...health, answers: { 200: ["It does", shapes.live] } },
  "GET /readyz": {
    ...health,
    summary: "Whether the server takes messages",
    answers: {
      200: ["It does; failing is bodies where it takes small ones alone", shapes.ready],
      503: ["A part fails, or it is closing", shapes.ready],
    },
  },
  // Of a server for development alone.
  ...Object.fromEntries(
    ["/_status", "/_ping", "/healthcheck", "/messageexchange/deepping"].map((path) => [`GET ${path}`, health]),
  ),
  ...Object.fromEntries(
    ["/admin", "/messageexchange/admin"].flatMap((at): [string, Operation][] => [
      [`DELETE ${at}/reset`, admin("Empty every mailbox", shapes.adminDone)],
      [`DELETE ${at}/reset/:mailboxId`, admin("Empty a mailbox", shapes.adminDone, mailboxNotHere)],
      [
        `POST ${at}/report`,
        { ...admin("Put a report into a mailbox", shapes.adminReport, mailboxNotHere), body: true },
      ],
      [
        `POST ${at}/message/:messageId/event`,
        { ...admin("Put a message into a state", undefined, unknown), body: true },
      ],
      [`GET ${at}/mailbox/:mailboxId`, admin("Look at a mailbox", shapes.adminMailbox, mailboxNotHere)],
      [`GET ${at}/message/:messageId`, admin("Look at a message", shapes.adminMessage, unknown)],
    ]),
  ),
  "GET /messageexchange/mailbox/:mailboxId": admin("Look at a mailbox", shapes.adminMailbox, mailboxNotHere),
  "GET /openapi.json": {
    ...health,
    summary: "This description",
    answers: { 200: ["OpenAPI 3.0", shapes.description] },
  },
};

function optionalHeader(name: string, description: string): Parameter {
  return { in: "header", name, description, schema: { type: "string" } };
}
