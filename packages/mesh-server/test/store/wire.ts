// The connections between a node and PostgreSQL, each of which can be cut, also as it commits, or lead elsewhere.

import { createServer, connect as connectTo, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { type Postgres, temporaryFolder } from "@restante/testbed";

const COMMIT = "COMMIT\0";
const BEGIN_READING = "BEGIN READ ONLY";

export interface Wire {
  url: string;
  /** How many were begun. */
  connections(): number;
  /** The next commit, but of what only reads: its request does not arrive, or its answer does not come back. */
  cutNextCommit(when: "before" | "after"): void;
  /** Once: as a statement with these words is asked. */
  cutBefore(words: string): void;
  /** All of them, now. */
  cut(): void;
  /** Whatever is connected from now on comes to this one. */
  leadTo(postgres: Pick<Postgres, "folder">): void;
  /** The commit of what has this text in it is answered, and from then on nobody is there until `mend`. */
  endWithCommitOf(text: string): void;
  mend(): void;
  /** All are cut, and nothing listens there until `comeBack`. */
  goAway(): void;
  comeBack(): void;
}

/** @param url of a database by a socket in a folder, as testbed's PostgreSQL has it */
export async function startWire(t: TestContext, url: string): Promise<Wire> {
  const folder = await temporaryFolder(t);
  const socket = (host: string): string => join(host, ".s.PGSQL.5432");
  let real = socket(new URL(url).searchParams.get("host")!);
  const sockets = new Set<Socket>();
  let connections = 0;
  let cut: { words: string; when: "before" | "after" } | undefined;
  let lastText: string | undefined;
  let ended = false;
  const end = (): void => {
    for (const each of sockets) each.destroy();
  };

  function endWith(last: Socket, piece: Buffer): void {
    ended = true;
    for (const each of sockets) if (each !== last) each.destroy();
    last.end(piece);
  }

  const server = createServer((near) => {
    if (ended) return void near.destroy();
    connections += 1;
    const far = connectTo(real);
    for (const each of [near, far]) {
      sockets.add(each);
      each.on("error", () => undefined);
      each.on("close", () => [near, far].map((other) => other.destroy()));
    }
    let deaf = false;
    let isLast = false;
    let isLastCommit = false;
    let reads = false;
    near.on("data", (piece) => {
      if (piece.includes("BEGIN ")) reads = piece.includes(BEGIN_READING);
      const isCut = cut !== undefined && piece.includes(cut.words) && !(reads && cut.words === COMMIT);
      const when = isCut ? cut?.when : undefined;
      if (when !== undefined) cut = undefined;
      if (when === "before") return near.destroy();
      deaf = when === "after";
      isLast ||= lastText !== undefined && piece.includes(lastText);
      isLastCommit ||= isLast && piece.includes(COMMIT);
      return far.write(piece);
    });
    // What PostgreSQL says to a commit it says once that is done.
    far.on("data", (piece) => {
      if (deaf) near.destroy();
      else if (isLastCommit) endWith(near, piece);
      else near.write(piece);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socket(folder), resolve);
  });
  t.after(() => {
    server.close();
    end();
  });

  const through = new URL(url);
  through.searchParams.set("host", folder);
  return {
    url: through.href,
    connections: () => connections,
    cutNextCommit: (when) => (cut = { words: COMMIT, when }),
    cutBefore: (words) => (cut = { words, when: "before" }),
    cut: end,
    leadTo: (postgres) => (real = socket(postgres.folder)),
    endWithCommitOf: (text) => (lastText = text),
    mend() {
      ended = false;
      lastText = undefined;
    },
    goAway() {
      server.close();
      end();
    },
    comeBack: () => void server.listen(socket(folder)),
  };
}
