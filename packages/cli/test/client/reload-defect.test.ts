import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { serveClients } from "../../src/client/serve-clients.ts";
import { clientPart } from "../../src/config/client-file.ts";
import { remediesIn } from "../../src/config/opening.ts";
import { readPart } from "../../src/config/read-part.ts";
import { plain, type Terminal } from "../../src/terminal/terminal.ts";
import { clientFolder, one } from "./client-process.ts";

test("a defect in using settings that were read again is told, ends neither the mailboxes nor the process, and keeps no later reload out", async (t) => {
  const { at, write } = await clientFolder(t);
  await write({ mailboxes: { [one]: "one" }, monitoring: undefined });
  const settings = readPart(clientPart, at("client.yaml"));
  const events: Event[] = [];
  const named = (event: Event["event"]): Event[] => events.filter((one) => one.event === event);
  let reload = (): void => undefined;
  let isDefective = true;
  await using closing = new AsyncDisposableStack();
  await serveClients(
    settings,
    { emit: (event) => events.push(event), closing, onLost: () => undefined, remedies: remediesIn("client.yaml") },
    {
      log: { set: () => undefined, reopen: () => undefined, trouble: () => undefined },
      terminal: {
        print: () => undefined,
        complain: () => undefined,
        paint: plain,
        onReload: (listener: () => void) => {
          reload = listener;
          return () => undefined;
        },
      } as unknown as Terminal,
      environment: {},
      reread: () =>
        isDefective
          ? {
              ...settings,
              text: () => {
                throw new TypeError("a mistake");
              },
            }
          : settings,
    },
  );
  const polls = named("poll-succeeded").length;
  reload();
  await waitFor(() => named("settings-refused").length === 1);
  assert.deepEqual(named("settings-refused"), [{ event: "settings-refused", reason: "a defect in using them" }]);
  await waitFor(() => named("poll-succeeded").length > polls);
  isDefective = false;
  reload();
  await waitFor(() => named("settings-reloaded").length === 1);
});
