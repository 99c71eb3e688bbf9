import type { Event, NodeWork, WorkLeft } from "@restante/mesh";
import type { Step } from "./event-words.ts";

/** What a server says of itself as one of many. */
type NodeStep = Extract<
  Event,
  { event: `node-${string}` | `nodes-${string}` | `work-${"taken" | "left"}` | "server-leaving" }
>;

const works: Readonly<Record<NodeWork, { does: string; leaves: string }>> = {
  routing: { does: "routes to patients' practices", leaves: "routing to patients' practices" },
  expiry: { does: "expires and deletes messages", leaves: "expiring and deleting messages" },
  tokens: { does: "forgets used tokens", leaves: "forgetting used tokens" },
  bodies: { does: "tidies away what belongs to nobody", leaves: "tidying away what belongs to nobody" },
};

const whyLeft: Readonly<Record<WorkLeft, string>> = {
  "handed-over": "one that does less",
  "cannot-now": "one whose clock is not doubted",
  lapsed: "others, as it stood still or was cut off",
  closing: "others, as it closes",
};

export function isAboutNodes(event: Event): event is NodeStep {
  return /^(?:nodes?-|work-(?:taken|left)$|server-leaving$)/.test(event.event);
}

export function narrateNodes(event: NodeStep): Step {
  const who = "MESH server";
  switch (event.event) {
    case "node-joined":
      return { who, what: `is the node ${event.node}` };
    case "work-taken":
      return { who, what: `${works[event.work].does}, for all nodes` };
    case "work-left":
      return { who, what: `leaves ${works[event.work].leaves} to ${whyLeft[event.reason]}` };
    case "nodes-differ": {
      const { nodes, setting } = event;
      const have = nodes.length === 1 ? `node ${nodes[0]} has` : `nodes ${nodes.join(", ")} have`;
      return { who, what: `${setting}: ${have} another: give every node the same`, tone: "bad" };
    }
    case "server-leaving":
      return { who, what: `serves for ${event.seconds} seconds more, and says that it is not ready` };
    case "nodes-agree":
      return { who, what: `${event.setting} is the same on every node again` };
  }
}
