import assert from "node:assert/strict";
import { test } from "node:test";
import { isNhsNumber } from "@restante/mesh";
import { runCommand } from "./support/processes.ts";

test("restante nhs-number makes as many valid synthetic numbers as are asked for, all different", async () => {
  const command = runCommand(["nhs-number", "--count", "5000"]);
  assert.equal(await command.ended, 0, command.output());
  const numbers = command.standardOutput().trim().split("\n");
  assert.equal(new Set(numbers).size, 5000);
  for (const number of numbers) assert.ok(isNhsNumber(number) && number.startsWith("999"), number);

  const one = runCommand(["nhs-number", "--spaces"]);
  await one.ended;
  assert.match(one.standardOutput(), /^999 \d{3} \d{4}\n$/);
  for (const count of ["0", "-1", "many", "100001"]) {
    const refused = runCommand(["nhs-number", `--count=${count}`]);
    assert.equal(await refused.ended, 2);
    assert.match(refused.output(), /--count is a number from 1 to 100000/);
  }
});
