import { clientStatuses, type Status } from "@restante/mesh";
import type { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import { decide } from "./decide.ts";
import { stageReport } from "./staging.ts";
import { record } from "./control-files.ts";

/** Writes into IN how the poll went. */
export async function reportPoll(context: DirectoryContext, error: MeshClientError | undefined): Promise<void> {
  try {
    await decide(
      context,
      async (stage) => stageReport(context, stage, record(pollStatus(error), context)),
      (report) => context.journal.file(report),
    );
  } catch (cause) {
    context.troubles.met(cause);
  }
}

function pollStatus(error: MeshClientError | undefined): Status {
  if (error === undefined) return clientStatuses.polled;
  if (error.code === "server-certificate") return clientStatuses.pollServerNotAuthenticated;
  if (error.code === "unauthorised" || error.code === "client-certificate") {
    return clientStatuses.pollClientNotAuthenticated;
  }
  return clientStatuses.pollFailed;
}
