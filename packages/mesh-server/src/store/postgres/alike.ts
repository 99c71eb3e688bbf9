// Settings that must be alike on every node, told apart by digests: each node writes its own into the store, and reads the others'.
// Secrets are in one digest, all of them together, slow and salted: whoever reads the store can find none by guessing it alone, and
// not which of them differs.

import { createHash, scrypt } from "node:crypto";

import { defaultRoutedWorkflows } from "@restante/mesh";

import { defaults, type MeshServerConfig } from "../../config.ts";
import { readS3Url } from "../../keeping/urls.ts";

export type AlikeSettings = Pick<
  MeshServerConfig,
  | "sharedKey"
  | "mailboxes"
  | "workflows"
  | "routedWorkflows"
  | "match"
  | "maxRequestBytes"
  | "collectWithinDays"
  | "deleteAfterDays"
  | "uploadWithinHours"
  | "routeWithinHours"
  | "nonDeliveryReports"
  | "maxWaitingMessages"
  | "maxWaitingBytes"
  | "bodies"
  | "s3"
>;

/** A digest by the name of each setting. */
export type Digests = Readonly<Record<string, string>>;

const SECRETS = "sharedKey, mailboxes/*/password";
const COST = { N: 32_768, r: 8, maxmem: 64 * 1024 * 1024 };
/** @param salt of the store: the same for every node, and for no other store */
export async function digestsOf(settings: AlikeSettings, salt: string): Promise<Digests> {
  const passwords = settings.mailboxes.map(({ mailboxId, password }) => [mailboxId, password]).toSorted(byFirst);
  const secrets = await derive(JSON.stringify([settings.sharedKey, ...passwords]), salt);
  const plain = Object.entries(plainSettings(settings)).map(([name, value]) => [
    name,
    createHash("sha256")
      .update(JSON.stringify([salt, name, value ?? null]))
      .digest("base64url"),
  ]);
  return Object.fromEntries([[SECRETS, secrets.toString("base64url")], ...plain]) as Digests;
}

function derive(secret: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 16, COST, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function plainSettings(settings: AlikeSettings): Record<string, unknown> {
  const { mailboxes, workflows, routedWorkflows = defaultRoutedWorkflows } = settings;
  return {
    mailboxes: mailboxes
      .map(({ mailboxId, name, odsCode, orgCode, orgName, billingEntity }) => [
        mailboxId,
        name,
        odsCode,
        orgCode ?? odsCode,
        orgName ?? name,
        billingEntity,
      ])
      .toSorted(byFirst),
    workflows: workflows
      .map(({ workflowId, senders, receivers }) => [workflowId, senders.toSorted(), receivers.toSorted()])
      .toSorted(byFirst),
    routedWorkflows: routedWorkflows.toSorted(),
    match: settings.match ?? defaults.match,
    maxRequestBytes: settings.maxRequestBytes ?? defaults.maxRequestBytes,
    collectWithinDays: settings.collectWithinDays ?? defaults.collectWithinDays,
    deleteAfterDays: settings.deleteAfterDays ?? defaults.deleteAfterDays,
    uploadWithinHours: settings.uploadWithinHours ?? defaults.uploadWithinHours,
    routeWithinHours: settings.routeWithinHours ?? defaults.routeWithinHours,
    nonDeliveryReports: settings.nonDeliveryReports ?? defaults.nonDeliveryReports,
    maxWaitingMessages: settings.maxWaitingMessages,
    maxWaitingBytes: settings.maxWaitingBytes,
    // The same place, however it is written.
    bodies: settings.bodies && readS3Url(settings.bodies),
    "s3/endpoint": settings.s3?.endpoint && URL.parse(settings.s3.endpoint.trim())?.href,
  };
}

function byFirst(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

/** The settings in which these nodes differ from this one, each with the names of those nodes. What only one of them knows is passed over: they are of different versions. */
export function differences(
  own: Digests,
  others: readonly { name: string; digests: Digests }[],
): { setting: string; nodes: string[] }[] {
  return Object.entries(own).flatMap(([setting, digest]) => {
    const nodes = others
      .filter(({ digests }) => digests[setting] !== undefined && digests[setting] !== digest)
      .map(({ name }) => name);
    return nodes.length === 0 ? [] : [{ setting, nodes: Array.from(new Set(nodes)).toSorted() }];
  });
}
