// Runs the tests, real parts and all: `npm test [-- FILE-OR-FOLDER ... | -- node test options]`.
import { spawn } from "node:child_process";

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith("-"));
const places = words.filter((word) => !word.startsWith("-"));
const files = (places.length === 0 ? ["packages/*/test"] : places).map((place) =>
  place.endsWith(".ts") ? place : `${place.replace(/\/$/, "")}/**/*.test.ts`,
);

const child = spawn(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    "--test",
    "--test-concurrency=2",
    "--test-timeout=600000",
    ...options,
    ...files,
  ],
  { stdio: "inherit" },
);
child.on("exit", (code) => process.exit(code ?? 1));
