import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import {
  clientOptions,
  defaultConfig,
  startTestServer,
  testAuthority,
  testDirectory,
  type TestServer,
} from "@restante/testbed";

/** Whatever is to end with a test, or with a command. */
export interface Closing {
  after(end: () => void | Promise<void>): void;
}

/** One end of a lane. */
export interface End {
  readonly mailboxId: string;
  readonly options: MeshClientOptions;
  readonly client: MeshClient;
}

/** Two mailboxes that nobody else uses. */
export interface Lane {
  readonly from: End;
  readonly to: End;
}

/** What may be addressed to a patient. */
export const routedWorkflow = "GPFED_CONSULT_REPORT";

const senderOf = (lane: number): string => `Y90001OT${100 + lane}`;
const recipientOf = (lane: number): string => `Y90002OT${100 + lane}`;

/** A real server in this process, with two mailboxes for each lane. */
export async function startLanes(closing: Closing, count: number): Promise<readonly Lane[]> {
  const { mailboxes, workflows } = await defaultConfig(closing, await testAuthority(), testDirectory());
  const ids = Array.from({ length: count }, (_, lane) => [senderOf(lane), recipientOf(lane)]).flat();
  const more = ids.map((mailboxId) => ({
    mailboxId,
    name: "a lane of its own",
    odsCode: mailboxId.slice(0, 6),
    password: `password of ${mailboxId}`,
  }));
  const others = workflows.filter(({ workflowId }) => workflowId !== routedWorkflow);
  const routed = { workflowId: routedWorkflow, senders: ["*"], receivers: ["*"] };
  const server = await startTestServer(closing, {
    config: { mailboxes: [...mailboxes, ...more], workflows: [...others, routed] },
  });
  const lanes: Lane[] = [];
  for (let lane = 0; lane < count; lane += 1) {
    lanes.push({
      from: await endOf(closing, server, senderOf(lane)),
      to: await endOf(closing, server, recipientOf(lane)),
    });
  }
  return lanes;
}

async function endOf(closing: Closing, server: TestServer, mailboxId: string): Promise<End> {
  const options = await clientOptions(server, mailboxId);
  const client = createMeshClient(options);
  closing.after(async () => client[Symbol.asyncDispose]());
  return { mailboxId, options, client };
}
