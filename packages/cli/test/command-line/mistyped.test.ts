import assert from "node:assert/strict";
import { test } from "node:test";
import { typed } from "../support/typed.ts";

/** What is typed, and the whole line that is said of it. */
const mistyped: Readonly<Record<string, string>> = {
  "sned file": "there is no command 'sned': did you mean send? Try: restante --help",
  practise: "there is no command 'practise': did you mean practice? Try: restante --help",
  dispatch: "there is no command 'dispatch'. Try: restante --help",
  complet: "there is no command 'complet': did you mean completion? Try: restante --help",
  constructor: "there is no command 'constructor'. Try: restante --help",
  __proto__: "there is no command '__proto__'. Try: restante --help",
  "@empty": "there is no command ''. Try: restante --help",
  "-": "there is no command '-'. Try: restante --help",
  "help sned": "there is no command 'sned': did you mean send? Try: restante --help",

  "--data x send file": "--data comes after the command, as in: restante up --data. Try: restante --help",
  "--data=x send file": "--data comes after the command, as in: restante up --data. Try: restante --help",
  "--keep-id send file": "--keep-id comes after the command, as in: restante send --keep-id. Try: restante --help",
  "--verison": "there is no option --verison: did you mean --version? Try: restante --help",
  "--nothing send": "there is no option --nothing here. Try: restante --help",
  "-x send": "there is no option -x here. Try: restante --help",
  "-3": "there is no option -3 here. Try: restante --help",
  "--version=2": "--version stands alone. Try: restante --help",

  "send --dat x file": "there is no option --dat: did you mean --data? Try: restante send --help",
  "send --dat=x file": "there is no option --dat: did you mean --data? Try: restante send --help",
  "send -data x file": "there is no option -data: did you mean --data? Try: restante send --help",
  "send --port 8700 file": "there is no option --port: did you mean --port-base? Try: restante send --help",
  "send --DATA x file": "there is no option --DATA: did you mean --data? Try: restante send --help",
  "send --nothing file": "there is no option --nothing. Try: restante send --help",
  "send --constructor file": "there is no option --constructor. Try: restante send --help",
  "send --format json file": "there is no option --format. Try: restante send --help",
  "send -v file":
    "there is no option -v: what begins with '-' and is no option comes after --, as in: restante send -- -v. Try: restante send --help",
  "up -x": "there is no option -x. Try: restante up --help",
  "up --no-keep-id": "there is no option --no-keep-id. Try: restante up --help",

  "send file --data": "--data wants a folder after it. Try: restante send --help",
  "send --data --wait 3 file": "--data wants a folder after it, not --wait. Try: restante send --help",
  "send --data -- file": "--data wants a folder after it. Try: restante send --help",
  "send file --data=": "--data wants a folder after the =. Try: restante send --help",
  "send --data @empty file": "--data is a folder, not ''. Try: restante send --help",
  "send --data -x file":
    "--data wants a folder after it: one that begins with '-' is written --data=-x. Try: restante send --help",
  "send --data -3 file":
    "--data wants a folder after it: one that begins with '-' is written --data=-3. Try: restante send --help",
  "send --data -old.d file":
    "--data wants a folder after it: one that begins with '-' is written --data=-old.d. Try: restante send --help",
  "check file --format -x":
    "--format wants one of text, json, sarif, html after it: one that begins with '-' is written --format=-x. Try: restante check --help",
  "send file --keep-id=soon": "--keep-id takes no value: leave '=soon' out. Try: restante send --help",

  "up --data a --data b": "--data is there twice. Try: restante up --help",
  "up --no-samples --no-samples": "--no-samples is there twice. Try: restante up --help",

  "nhs-number --count -3": "--count is a number from 1 to 100000, not '-3'. Try: restante nhs-number --help",
  "nhs-number --count=-3": "--count is a number from 1 to 100000, not '-3'. Try: restante nhs-number --help",
  "nhs-number --count -x": "--count is a number from 1 to 100000, not '-x'. Try: restante nhs-number --help",
  "nhs-number --count 1.5": "--count is a number from 1 to 100000, not '1.5'. Try: restante nhs-number --help",
  "nhs-number -3": "there is no option -3. Try: restante nhs-number --help",
  "up --port-base -1": "--port-base is a number from 0 to 65000, not '-1'. Try: restante up --help",
  "send file --wait -1": "--wait is a number of seconds, not '-1'. Try: restante send --help",
  "check file --max-size -5": "--max-size is a number of MB up to 100, not '-5'. Try: restante check --help",
  "send file --to Y9": "--to is an ODS code (3 to 12 letters and digits), not 'Y9'. Try: restante send --help",
  "check file --format pdf": "--format is one of text, json, sarif, html, not 'pdf'. Try: restante check --help",
  "check file --generation 3": "--generation is 1 or 2, not '3'. Try: restante check --help",

  send: "FILE is missing. Try: restante send --help",
  check: "FILE is missing. Try: restante check --help",
  "send --": "FILE is missing. Try: restante send --help",
  "send @empty": "FILE is empty. Try: restante send --help",
  "send one two": "'two' is one word too many. Try: restante send --help",
  "send one -- -two": "'-two' is one word too many. Try: restante send --help",
  "up now": "'now' is one word too many. Try: restante up --help",
  "send -letter.json":
    "there is no option -letter.json: what begins with '-' and is no option comes after --, as in: restante send -- -letter.json. Try: restante send --help",
  "send -letter":
    "there is no option -letter: what begins with '-' and is no option comes after --, as in: restante send -- -letter. Try: restante send --help",
  "check one -2.xml":
    "there is no option -2.xml: what begins with '-' and is no option comes after --, as in: restante check -- -2.xml. Try: restante check --help",
  completion: "SHELL is missing. Try: restante completion --help",
  "completion fish": "SHELL is bash or zsh, not 'fish'. Try: restante completion --help",
};

for (const [words, line] of Object.entries(mistyped)) {
  test(`'restante ${words}' is refused in one line that says what is wanted, with exit status 2`, async () => {
    const list = words.split(" ").map((word) => (word === "@empty" ? "" : word));
    assert.deepEqual(await typed(list), { status: 2, printed: "", complained: `restante: ${line}\n` });
  });
}
