// Four nodes under load, and faults, longer than the tests have time for:
//
//   npm run faults -- [--faults 1000] [--seed N] [--kinds kill-node,fail-over] [--stop-seconds 60]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const { status } = spawnSync(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL("../packages/mesh-server/test/faults-on-nodes/main.ts", import.meta.url)),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
