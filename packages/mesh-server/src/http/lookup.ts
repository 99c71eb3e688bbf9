// MESH API, Look up MESH address, Lookup by workflow. They take no Authorization, only a certificate.

import { newMessageId } from "@restante/mesh";
import type { FastifyInstance, FastifyReply } from "fastify";

import type { Context } from "../context.ts";
import { openAmong } from "../open-mailboxes.ts";
import type { Mailbox } from "../registry.ts";
import { type PathName, pathParameters, problemsOf } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { withCertificate } from "./session.ts";
import { negotiateVersion, sendJson } from "./version.ts";

export function addLookup(app: FastifyInstance, context: Context): void {
  const endpointLookup = async (odsCode: string, workflowId: string): Promise<Mailbox[]> => {
    requireParts({ odsCode, workflowId });
    const found = await openAmong(context.store, context.registry.receivers(workflowId, odsCode));
    // What a client asks for is its own text: only what is known here is repeated in an event.
    context.emit({
      event: "address-looked-up",
      odsCode: context.registry.hasOrganisation(odsCode) ? odsCode.trim().toUpperCase() : "?",
      workflowId: context.registry.hasWorkflow(workflowId) ? workflowId : "?",
      results: found.length,
    });
    return found;
  };

  app.get(
    "/messageexchange/endpointlookup/:odsCode/:workflowId",
    withCertificate(async (request, reply) => {
      const { odsCode, workflowId } = request.params as { odsCode: string; workflowId: string };
      const found = await endpointLookup(odsCode, workflowId);
      return negotiateVersion(request, reply) === 1 ? sendV1(context, reply, found) : sendV2(reply, found);
    }),
  );

  app.get(
    "/endpointlookup/mesh/:odsCode/:workflowId",
    withCertificate(async (request, reply) => {
      const { odsCode, workflowId } = request.params as { odsCode: string; workflowId: string };
      return sendV1(context, reply, await endpointLookup(odsCode, workflowId));
    }),
  );

  app.get(
    "/messageexchange/workflowsearch/:workflowId",
    withCertificate(async (request, reply) => {
      const { workflowId } = request.params as { workflowId: string };
      requireParts({ workflowId });
      const found = await openAmong(context.store, context.registry.receivers(workflowId));
      // The API has one shape here; only its name is of the version.
      return sendV2(reply, found, negotiateVersion(request, reply));
    }),
  );
}

function requireParts(parts: Partial<Record<PathName, string>>): void {
  const problems = (Object.keys(parts) as PathName[]).flatMap((name) =>
    problemsOf([pathParameters[name]], () => parts[name]?.trim()),
  );
  if (problems.length > 0) throw new Refusal("request-invalid", { problems });
}

function sendV1(context: Context, reply: FastifyReply, found: readonly Mailbox[]): FastifyReply {
  const now = context.clock.now();
  return sendJson(reply, 200, {
    query_id: `${newMessageId(now)}_${Math.floor(now.getTime() / 1000)}`,
    results: found.map(({ mailboxId, name }) => ({
      endpoint_type: "MESH",
      description: name,
      address: mailboxId,
    })),
  });
}

function sendV2(reply: FastifyReply, found: readonly Mailbox[], version: 1 | 2 = 2): FastifyReply {
  const results = found.map(({ mailboxId, name }) => ({ mailbox_id: mailboxId, mailbox_name: name }));
  return sendJson(reply, 200, { results }, version);
}
