import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNewPassword, readPassword } from "../../../src/access/users/password-rules.ts";

const near = ["amina.patel", "Amina Patel", "Lantern Row Surgery"];

for (const [words, passwords] of [
  [/^The password is too short: 12 characters at least/, ["", "12 letters?", "eleven char", "ﷺ".slice(1)]],
  [/^The password is too long: 128 characters at most/, ["ab ".repeat(43), "x".repeat(100_000), "half a pair \uD83D"]],
  [
    /^The password is little more than the person's name, their sign-in name or their organisation's/,
    ["amina.patel.12", "AminaPatel2026", "Lantern-Row-Surgery", "1@nternRow surg3ry!!", "patel patel patel"],
  ],
  [
    /^The password is one of those that are tried first/,
    [
      "password1234",
      "P@ssw0rd2026!",
      "Liverpool2024!!",
      "qwertyuiop[]12",
      "1234567890123",
      "aaaaaaaaaaaaaaa",
      "abcabcabcabcabc",
      "letmein-letmein",
      "WelcomeWelcome1",
      "ｐａｓｓｗｏｒｄ１２３４",
      "nhs practice 2026",
      "1qaz2wsx3edc4rfv",
      "q1w2e3r4t5y6u7",
      "zaq1xsw2cde3vfr4",
      "thecakeisalie",
      "Supernatural1!",
      "correct horse battery staple",
      "CorrectHorseBatteryStaple1!",
      "c0rrect-h0rse-b@ttery-st@ple",
      "To be, or not to be: 2026",
      "Hello, darkness, my old friend!",
      "            ",
      "!!!!????....----",
    ],
  ],
] as const) {
  test(`a new password may not be what these words refuse: ${words.source}`, () => {
    for (const password of passwords) {
      assert.throws(() => parseNewPassword(password, near), { code: "password-refused", message: words }, password);
    }
  });
}

test("any other is taken: words in a row, in any script, and whatever a program makes", () => {
  for (const password of [
    "a wrong donkey with a torch",
    "correct horse battery staple on the roof",
    "three blind dormice",
    "Zq8#mVt2!xLw",
    "_%&[)=;*?!{+",
    "international space station",
    "3f9a8c1b2d4e7a60",
    "ночная кукушка поёт",
    "我们的诊所在河边的旧房子里面",
    "🦔🐝🌲🍄🎻🧭🪁 seven of them",
    "ab cd ef gh ij ".repeat(8),
  ]) {
    assert.equal(parseNewPassword(password, near), password);
  }
});

test("the same letters are the same password, whichever way a keyboard writes them", () => {
  const [composed, apart] = ["crème brûlée ici", "cre\u0300me bru\u0302le\u0301e ici"];
  assert.notEqual(composed, apart);
  assert.equal(readPassword(apart), readPassword(composed));
  assert.equal(readPassword("ｆｕｌｌ ｗｉｄｔｈ ｏｎｅ"), "full width one");
});
