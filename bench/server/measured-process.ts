// The child's side of a server that is measured: what it is to open comes as the first message of the parent, and then
// what it is asked. It ends when the parent does.

import type { MeshServerConfig } from "@restante/mesh-server";

/** Where a server is to listen, and on what. Without `tls`: plain HTTP. */
export type Task = Omit<MeshServerConfig, "tls"> & Partial<Pick<MeshServerConfig, "tls">>;

/** What the parent asks. `cpu` is answered at once; `close` by the end of the process. */
export type Asked = "cpu" | "close";

/** User and system time of the whole process up to now, in microseconds: every thread of it. */
export type Answer = { url: string } | { cpu: number };

export interface Opened {
  readonly url: string;
  close(): Promise<void>;
}

export function serveMeasured(open: (task: Task) => Promise<Opened>): void {
  const answer = (words: Answer): unknown => process.send?.(words);

  async function begin(task: Task): Promise<void> {
    const opened = await open(task);
    process.on("message", (asked: Asked) => {
      if (asked === "close") return void opened.close().then(() => process.disconnect());
      const { user, system } = process.cpuUsage();
      answer({ cpu: user + system });
    });
    answer({ url: opened.url });
  }

  process.once("disconnect", () => process.exit());
  process.once("message", (task: Task) => void begin(task));
}
