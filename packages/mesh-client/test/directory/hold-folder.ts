// Holds a mailbox's folder until it is killed: node hold-folder.ts FOLDER
import { createMeshClient } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";

const client = createMeshClient({
  url: "https://127.0.0.1:9",
  mailboxId: "Y90001OT001",
  password: "",
  sharedKey: "",
  tls: { ca: "", cert: "", key: "" },
});
await createDirectoryClient({ client, folder: process.argv[2] ?? "" });
process.stdout.write("held\n");
setInterval(() => undefined, 60_000);
