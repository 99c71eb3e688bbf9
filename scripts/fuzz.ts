// Sends a server requests with every kind of damage: `npm run fuzz -- [--requests 1000000] [--seed N] [--from N]`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const { status } = spawnSync(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL("../packages/mesh-server/fuzz/main.ts", import.meta.url)),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
