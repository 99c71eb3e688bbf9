/** Everything the server is told at start. Nothing else is read from anywhere. */
export interface MeshServerConfig {
  /** Where it listens, such as `127.0.0.1`. */
  host: string;
  /** 0: any free port, see `MeshServer.url`. */
  port: number;
  /** Where one machine keeps everything, in SQLite and files; made if it is absent. One server at a time. Not with `store`. */
  dataFolder?: string;
  /**
   * Of many nodes that share it: `postgres://USER@HOST:PORT/DATABASE`, without a password, with
   * `?sslmode=verify-full&sslrootcert=/FILE` over a network. Such a node keeps nothing itself. Not with `dataFolder`.
   */
  store?: string;
  storePassword?: string;
  /** The most connections to the store. Default 10. */
  storeConnections?: number;
  /** Large bodies of nodes that share a store: `s3://BUCKET/PREFIX`. */
  bodies?: string;
  s3?: S3Config;
  /** What this node is called, in logs and in the store. Absent: the name of its machine. */
  node?: string;
  /** The secret of the environment, in every token (MESH API, MESH Authorization header). */
  sharedKey: string;
  tls: TlsConfig;
  mailboxes: readonly MailboxConfig[];
  workflows: readonly WorkflowConfig[];
  /** Workflows that may be addressed to a patient's practice. Default: those of GP Connect and Transfer of Care. */
  routedWorkflows?: readonly string[];
  /** How much of the patient must match. Default `spine`: number and date of birth. `strict`: the surname too. */
  match?: "spine" | "strict";
  /** Up to this size a body is kept in its row, else in a file. Default 65,536. */
  smallBodyBytes?: number;
  /** Of one request. Default 100 MB (100,000,000), as MESH. */
  maxRequestBytes?: number;
  /** Not acknowledged for so long, a message leaves the inbox and its sender gets report 14. Default 5. */
  collectWithinDays?: number;
  /** From the first request of a message to its deletion. Default 30. */
  deleteAfterDays?: number;
  /** An upload in chunks that is not complete by then is abandoned. Default 24. */
  uploadWithinHours?: number;
  /** A message that cannot be routed, as demographics do not answer or its mailbox is full, fails with 14. Default 24. */
  routeWithinHours?: number;
  /** How report 14 is worded. Default `mesh-api`. */
  nonDeliveryReports?: "mesh-api" | "sandbox";
  /**
   * How many connections from one address may be open without a trusted client certificate; beyond, the oldest is cut.
   * An IPv6 address stands for its /64. Default 1,000: clients that open hundreds at once are without one for a moment.
   */
  untrustedPerAddress?: number;
  /** Of each mailbox; beyond, 429. Absent: any number. */
  maxRequestsPerSecond?: number;
  /** While so many messages wait in a mailbox no other is taken for it. Absent: any number. */
  maxWaitingMessages?: number;
  /** Likewise of the bytes of their bodies. The message that reaches it may go beyond. Absent: any number. */
  maxWaitingBytes?: number;
  /**
   * From when it is asked to stop: it goes on serving, `/readyz` answers 503, and each answer ends its connection. As long as what
   * sends clients to it takes to send them elsewhere. Default 0; with `store`, 10.
   */
  drainSeconds?: number;
  /** How often overdue messages are looked for. Default 1,000. */
  tickMs?: number;
  /** Of `dataFolder`: room on the disk kept for acknowledging and deleting when it is full. Default 16 MB (16,777,216). */
  reserveBytes?: number;
  /** The machine's clock is right, whatever was found at a start before: nothing is held back. Of this start only. */
  acceptClock?: boolean;
}

/** Of one machine. */
export type EmbeddedServerConfig = MeshServerConfig & { dataFolder: string };

/** Where an S3-compatible store is, and who asks. */
export interface S3Config {
  /** Such as `https://s3.example:3900`; its buckets are parts of the path. Absent: AWS. */
  endpoint?: string;
  /** Absent: as AWS's SDK finds it, or `us-east-1` with an endpoint. */
  region?: string;
  /** With `secretAccessKey`. Absent: as AWS's SDK finds them (environment, profile, role of the machine). */
  accessKeyId?: string;
  secretAccessKey?: string;
}

export interface TlsConfig {
  /** PEM. */
  key: string;
  /** PEM, with intermediate certificates if there are any. */
  cert: string;
  /** Who issues the clients' certificates, PEM. */
  ca: string;
  /**
   * True: an untrusted client is cut off in the handshake. False (the default): it gets 403 and the reason is in the
   * events, because in TLS 1.3 a client takes the cut for a lost connection.
   */
  strict?: boolean;
}

export interface MailboxConfig {
  mailboxId: string;
  name: string;
  odsCode: string;
  orgCode?: string;
  orgName?: string;
  billingEntity?: string;
  password: string;
}

export interface WorkflowConfig {
  workflowId: string;
  /** Mailbox ids, or `*` for every mailbox. */
  senders: readonly string[];
  receivers: readonly string[];
}

/** What is the same as absent. The schema and the server take it from here. */
export const defaults: Readonly<{
  match: "spine";
  smallBodyBytes: number;
  maxRequestBytes: number;
  collectWithinDays: number;
  deleteAfterDays: number;
  uploadWithinHours: number;
  routeWithinHours: number;
  nonDeliveryReports: "mesh-api";
  untrustedPerAddress: number;
  storeConnections: number;
  drainSeconds: number;
  tickMs: number;
  reserveBytes: number;
}> = {
  match: "spine",
  smallBodyBytes: 65_536,
  maxRequestBytes: 100_000_000,
  collectWithinDays: 5,
  deleteAfterDays: 30,
  uploadWithinHours: 24,
  routeWithinHours: 24,
  nonDeliveryReports: "mesh-api",
  untrustedPerAddress: 1000,
  storeConnections: 10,
  drainSeconds: 10,
  tickMs: 1000,
  reserveBytes: 16_777_216,
};
