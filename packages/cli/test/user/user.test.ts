import assert from "node:assert/strict";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { type Access, openAccess, roles } from "@restante/web";
import { role } from "../../src/commands/options/user.ts";
import type { Input } from "../../src/terminal/terminal.ts";
import { partsFolder, secretFile, writePages } from "../config/parts-folder.ts";
import { noInput, type Typed, typed } from "../support/typed.ts";

const phrase = "three blind dormice";

interface Practice {
  readonly home: string;
  readonly data: string;
  readonly type: (...words: string[]) => Promise<Typed>;
  readonly typeWith: (input: Input, ...words: string[]) => Promise<Typed>;
  readonly passwordFile: string;
  readonly open: () => Promise<Access>;
}

const withSignIn = "  port: 8701\n  tls: { key: tls/server.key, cert: tls/server.crt }\n  signIn: { local: true }\n";

/** The folder of the examples of settings, whose practice has not been started yet. */
async function practice(t: TestContext, pages: string = withSignIn): Promise<Practice> {
  const home = await partsFolder(t);
  const config = await writePages(home, pages);
  const data = join(home, "practice-data");
  const typeWith: Practice["typeWith"] = async (input, ...words) =>
    typed(["user", ...words, "--config", config], undefined, 200, input);
  return {
    home,
    data,
    typeWith,
    type: async (...words) => typeWith(noInput, ...words),
    passwordFile: await secretFile(home, "password", `${phrase}\n`),
    open: () => openAccess({ folder: data }),
  };
}

/** What somebody types at a terminal, and whether it was shown while they did. */
function keys(...pieces: string[]): Input & { readonly raw: boolean[] } {
  const raw: boolean[] = [];
  return Object.assign(Readable.from(pieces.map((piece) => Buffer.from(piece))), {
    isTTY: true,
    raw,
    setRawMode: (isRaw: boolean) => raw.push(isRaw),
  });
}

const piped = (text: string): Input =>
  Object.assign(Readable.from([Buffer.from(text)]), { isTTY: false, setRawMode: () => assert.fail() });

test("the first administrator and others are added, listed, disabled, enabled and given other roles, each with its row", async (t) => {
  const { type, passwordFile, open, data } = await practice(t);
  assert.equal(
    (await type("list")).printed,
    "There is no user yet: restante user add NAME --role administrator adds the first.\n",
  );
  const ways = ["--password-file", passwordFile];
  const said = async (...words: string[]): Promise<string> => {
    const { status, printed, complained } = await type(...words);
    assert.deepEqual([status, complained], [0, ""]);
    return printed.trimEnd();
  };
  assert.equal(
    await said("add", "Amina", "--name", "Amina Patel", "--role", "clinician", "--role", "administrator", ...ways),
    "Added amina (Amina Patel): administrator, clinician",
  );
  assert.equal(
    await said(
      "add",
      "abel",
      "--role",
      "auditor",
      "--open-id-issuer",
      "https://issuer.example",
      "--open-id-subject",
      "42",
    ),
    "Added abel (abel): auditor",
  );
  assert.equal(await said("role", "ABEL", "--role", "read-only"), "abel is read-only");
  assert.equal(await said("disable", "abel"), "abel is disabled, and signed out everywhere");
  assert.equal(
    await said("list"),
    "abel   abel         read-only                 disabled  https://issuer.example\namina  Amina Patel  administrator, clinician            password",
  );
  assert.equal(await said("enable", "abel"), "abel may sign in");
  assert.equal(await said("password", "amina", ...ways), "amina has a new password, and is signed out everywhere");
  assert.equal(await said("second-factor", "remove", "amina"), "amina has no second factor");
  const listed = JSON.parse(await said("list", "--json")) as { formatVersion: number; users: { signInName: string }[] };
  assert.equal(listed.formatVersion, 1);
  assert.deepEqual(
    listed.users.map(({ signInName }) => signInName),
    ["abel", "amina"],
  );

  using access = await open();
  assert.equal((await access.users.checkPassword("amina", phrase))?.name, "Amina Patel");
  assert.deepEqual(
    access.audit
      .find({ limit: 10 })
      .rows.map(({ act, actor, source, outcome }) => [act, actor, source, outcome].join(" ")),
    ["change-password", "change-user", "change-user", "change-user", "add-user", "add-user"].map(
      (act) => `${act} this-computer command done`,
    ),
  );
  for (const name of ["access.sqlite", "audit.key"]) assert.equal((await stat(join(data, name))).mode % 0o1000, 0o600);
});

test("whoever is signed in is listed as that, and signed out everywhere", async (t) => {
  const { type, passwordFile, open } = await practice(t);
  await type("add", "amina", "--role", "administrator", "--password-file", passwordFile);
  {
    using access = await open();
    const amina = access.users.findByName("amina")!;
    for (const source of ["192.0.2.1", "192.0.2.2"]) access.sessions.begin(amina, { source });
  }
  assert.equal((await type("list")).printed, "amina  amina  administrator  signed in 2 times  password\n");
  const { users } = JSON.parse((await type("list", "--json")).printed) as {
    users: { signedIn: { source: string }[] }[];
  };
  assert.deepEqual(users[0]?.signedIn.map(({ source }) => source).toSorted(), ["192.0.2.1", "192.0.2.2"]);
  const said = async (): Promise<string> => (await type("sign-out", "Amina")).printed;
  assert.deepEqual([await said(), await said()], ["amina is signed out everywhere\n", "amina was not signed in\n"]);
  assert.equal((await type("list")).printed, "amina  amina  administrator    password\n");
  using access = await open();
  const [row] = access.audit.find({ limit: 1 }).rows;
  assert.deepEqual([row?.actor, row?.act, row?.outcome], ["this-computer", "sign-out", "done"]);
});

test("whoever adds somebody is told that nobody can sign in while the settings have no sign-in, and how they could", async (t) => {
  const { type, passwordFile, home } = await practice(t, "  port: 8701\n");
  const { status, printed } = await type("add", "amina", "--role", "administrator", "--password-file", passwordFile);
  assert.equal(status, 0);
  assert.deepEqual(printed.trimEnd().split("\n"), [
    "Added amina (amina): administrator",
    `Nobody can sign in yet: ${join(home, "practice.yaml")} has no pages.signIn, so the pages ask nobody who they are. It stands with HTTPS: see docs/how-to/let-others-see-the-pages.md, and start again.`,
  ]);
});

test("a password is typed twice at a terminal without being shown, as it was meant", async (t) => {
  const { typeWith, open } = await practice(t);
  const added = ["add", "amina", "--role", "administrator"];
  const good = keys(
    "three blind dormousexy\u007F\u007F",
    "\b\b\b\bice\u001B[D\rnot this\u0015three blind",
    " dormice\n",
  );
  const { status, printed, complained } = await typeWith(good, ...added);
  assert.deepEqual([status, printed], [0, "Added amina (amina): administrator\n"]);
  assert.equal(complained, "Password of amina, at least 12 characters (it is not shown):\nThe same once more:\n");
  assert.deepEqual(good.raw, [true, false]);
  for (const [typedKeys, words] of [
    [keys("three blind dormice\r", "three blind doormice\r"), "the two are not the same; nothing was done"],
    [keys("three bl\u0003"), "no password was typed; nothing was done"],
    [keys("\u0004"), "no password was typed; nothing was done"],
    [keys("three blind dormice\r"), "no password was typed; nothing was done"],
  ] as const) {
    const refused = await typeWith(typedKeys, "password", "amina");
    assert.equal(refused.status, 2);
    assert.ok(refused.complained.endsWith(`restante: ${words}\n`), refused.complained);
    assert.deepEqual(typedKeys.raw, [true, false]);
  }
  using access = await open();
  assert.ok(await access.users.checkPassword("amina", phrase));
});

test("a password is read from another program, and what is none is refused", async (t) => {
  const { typeWith, type, home, open } = await practice(t);
  const added = ["add", "amina", "--role", "administrator"];
  const nothing = "; nothing was done\n";
  for (const [text, words] of [
    ["", "there is no password in standard input: type it at a terminal, or give it by --password-file FILE"],
    ["\n", "there is no password in standard input: type it at a terminal, or give it by --password-file FILE"],
    [`${phrase}\n${phrase}\n`, "what standard input gives is no password: it is one line, and no more"],
    ["x".repeat(5000), "what standard input gives is no password: it is too long"],
  ] as const) {
    assert.deepEqual(await typeWith(piped(text), ...added), {
      status: 2,
      printed: "",
      complained: `restante: ${words}${nothing}`,
    });
  }
  const open644 = await secretFile(home, "open", phrase);
  await chmod(join(home, "secrets"), 0o755);
  await chmod(open644, 0o644);
  const openToAll = await type(...added, "--password-file", open644);
  assert.equal(openToAll.status, 1);
  assert.match(
    openToAll.complained,
    /^restante: --password-file cannot be used: .*other users of this machine may open it/,
  );
  const gone = await type(...added, "--password-file", join(home, "gone"));
  assert.match(gone.complained, /^restante: --password-file names .*gone, which cannot be read: /);
  await writeFile(open644, "");
  await chmod(open644, 0o600);
  assert.match(
    (await type(...added, "--password-file", open644)).complained,
    /there is no password in .*open: type it/,
  );
  assert.equal((await typeWith(piped(`${phrase}\r\n`), ...added)).status, 0);
  using access = await open();
  assert.deepEqual(
    access.users.list().map(({ signInName }) => signInName),
    ["amina"],
  );
  assert.ok(await access.users.checkPassword("amina", phrase));
});

test("whatever cannot be done is said in words, and nothing is done", async (t) => {
  const { type, passwordFile, open, home } = await practice(t);
  const ways = ["--password-file", passwordFile];
  await type("add", "amina", "--role", "administrator", ...ways);
  const weak = await secretFile(home, "weak", "amina-amina-1");
  for (const [words, status, complained] of [
    [["add", "AMINA", "--role", "clinician", ...ways], 2, "there is a user amina already"],
    [["add", "abel", ...ways], 2, "--role is missing: say what they may do"],
    [["role", "amina"], 2, "--role is missing: say what they may do"],
    [
      ["add", "abel", "--role", "auditor", "--open-id-subject", "1"],
      2,
      "--open-id-issuer and --open-id-subject go together: one alone says nobody",
    ],
    [
      ["add", "abel", "--role", "auditor", "--open-id-subject", "1", "--open-id-issuer", "https://a.example", ...ways],
      2,
      "--password-file and --open-id-issuer both say how they sign in: leave one of them out",
    ],
    [
      ["add", "two words", "--role", "auditor", ...ways],
      1,
      "A sign-in name is 1 to 64 letters, digits and . _ - @ + ', and begins with a letter or a digit.",
    ],
    [
      ["password", "amina", "--password-file", weak],
      1,
      "The password is little more than the person's name, their sign-in name or their organisation's: choose another.",
    ],
    [["disable", "amina"], 1, "amina is the last administrator: make somebody else one first."],
    [["role", "amina", "--role", "auditor"], 1, "amina is the last administrator: make somebody else one first."],
    ...["disable", "enable", "sign-out", "password", "role"].map(
      (verb) =>
        [
          [verb, "abel", ...(verb === "role" ? ["--role", "auditor"] : [])],
          2,
          "there is no user abel: restante user list shows who there is",
        ] as const,
    ),
    [["second-factor", "remove", "abel"], 2, "there is no user abel: restante user list shows who there is"],
  ] as const) {
    assert.deepEqual(await type(...words), { status, printed: "", complained: `restante: ${complained}\n` });
  }
  assert.deepEqual(await typed(["user", "list"]), {
    status: 2,
    printed: "",
    complained: "restante: --config is missing: name the practice.yaml whose pages they are\n",
  });
  using access = await open();
  assert.equal(access.audit.find({ limit: 10 }).rows.length, 1);
});

test("the roles that may be typed are all that there are", () => {
  assert.deepEqual(role.value?.choices, roles);
});
