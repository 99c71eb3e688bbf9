import type { Access, By, OpenSession, Role, User, UserChanges, Users } from "@restante/web";
import { visible } from "../check/words.ts";
import type { Given } from "../command-line/tree.ts";
import { lookAtPractice, openAccessOf } from "../config/open-access-of.ts";
import type { PracticeFile } from "../config/practice-file.ts";
import { CliError } from "../errors.ts";
import { columns } from "../terminal/columns.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { givenPassword } from "./given-password.ts";

interface WhoseValues {
  readonly config: string | undefined;
}

interface AddValues extends WhoseValues {
  readonly name: string | undefined;
  readonly role: readonly Role[];
  readonly passwordFile: string | undefined;
  readonly openIdIssuer: string | undefined;
  readonly openIdSubject: string | undefined;
}

/** Who changes it, for the audit: whoever may write the files. */
const by: By = { actor: "this-computer", source: "command" };

export async function add({ options, words }: Given<AddValues>, terminal: Terminal): Promise<number> {
  const [signInName = ""] = words;
  const { role: roles, openIdIssuer: issuer, openIdSubject: subject } = options;
  if (roles.length === 0) throw new CliError("usage", "--role is missing: say what they may do");
  if ((issuer === undefined) !== (subject === undefined)) {
    throw new CliError("usage", "--open-id-issuer and --open-id-subject go together: one alone says nobody");
  }
  if (issuer !== undefined && options.passwordFile !== undefined) {
    throw new CliError(
      "usage",
      "--password-file and --open-id-issuer both say how they sign in: leave one of them out",
    );
  }
  return withUsers(options, async (users, _, { pages }) => {
    // Before a password is typed for nothing.
    const other = users.findByName(signInName);
    if (other !== undefined) throw new CliError("usage", `there is a user ${other.signInName} already`);
    const user = await users.add(
      {
        signInName,
        name: options.name ?? signInName,
        roles,
        ...(issuer !== undefined && subject !== undefined
          ? { openId: { issuer, subject } }
          : { password: await givenPassword(options.passwordFile, visible(signInName), terminal) }),
      },
      by,
    );
    terminal.print(visible(`Added ${user.signInName} (${user.name}): ${user.roles.join(", ")}`));
    if (pages?.signIn === undefined) {
      terminal.print(
        `Nobody can sign in yet: ${visible(options.config ?? "")} has no pages.signIn, so the pages ask nobody who they are. It stands with HTTPS: see docs/how-to/let-others-see-the-pages.md, and start again.`,
      );
    }
  });
}

export async function list(
  { options }: Given<WhoseValues & { readonly json: boolean }>,
  terminal: Terminal,
): Promise<number> {
  return withUsers(options, (users, { sessions }, settings) => {
    const all = users.list().map((user) => Object.assign(user, { signedIn: sessions.list(user.id) }));
    if (options.json) {
      terminal.print(JSON.stringify({ formatVersion: 1, users: all }, undefined, 2));
    } else if (all.length === 0) {
      terminal.print("There is no user yet: restante user add NAME --role administrator adds the first.");
    } else {
      const isDemanded = demandsSecondFactor(settings);
      for (const line of columns(all.map((user) => rowOf(user, isDemanded)))) terminal.print(visible(line));
    }
  });
}

function rowOf(user: User & { readonly signedIn: readonly OpenSession[] }, isDemanded: boolean): string[] {
  const { signInName, name, roles, openId, hasPassword, hasSecondFactor } = user;
  const ways = [
    ...(hasPassword ? ["password"] : []),
    ...(openId === undefined ? [] : [openId.issuer]),
    ...(hasSecondFactor ? ["second factor"] : []),
    ...(isDemanded && hasPassword && !hasSecondFactor ? ["no second factor yet"] : []),
  ];
  return [signInName, name, roles.join(", "), stateOf(user), ways.join(", ")];
}

function stateOf({ disabled, signedIn }: User & { readonly signedIn: readonly OpenSession[] }): string {
  if (disabled) return "disabled";
  if (signedIn.length === 0) return "";
  return signedIn.length === 1 ? "signed in" : `signed in ${signedIn.length} times`;
}

export async function disable(given: Given<WhoseValues>, terminal: Terminal): Promise<number> {
  return change(
    given,
    terminal,
    { disabled: true },
    (user) => `${user.signInName} is disabled, and signed out everywhere`,
  );
}

export async function enable(given: Given<WhoseValues>, terminal: Terminal): Promise<number> {
  return change(given, terminal, { disabled: false }, (user) => `${user.signInName} may sign in`);
}

export async function role(
  given: Given<WhoseValues & { readonly role: readonly Role[] }>,
  terminal: Terminal,
): Promise<number> {
  const { role: roles } = given.options;
  if (roles.length === 0) throw new CliError("usage", "--role is missing: say what they may do");
  return change(given, terminal, { roles }, (user) => `${user.signInName} is ${user.roles.join(", ")}`);
}

async function change(
  { options, words }: Given<WhoseValues>,
  terminal: Terminal,
  changes: UserChanges,
  done: (user: User) => string,
): Promise<number> {
  return withUsers(options, (users) => {
    terminal.print(visible(done(users.change(named(users, words).id, changes, by))));
  });
}

export async function signOut({ options, words }: Given<WhoseValues>, terminal: Terminal): Promise<number> {
  return withUsers(options, (users, { sessions }) => {
    const { id, signInName } = named(users, words);
    const ended = sessions.endAll(id, by);
    terminal.print(visible(ended === 0 ? `${signInName} was not signed in` : `${signInName} is signed out everywhere`));
  });
}

export async function password(
  { options, words }: Given<WhoseValues & { readonly passwordFile: string | undefined }>,
  terminal: Terminal,
): Promise<number> {
  return withUsers(options, async (users) => {
    const { id, signInName } = named(users, words);
    await users.setPassword(id, await givenPassword(options.passwordFile, visible(signInName), terminal), by);
    terminal.print(visible(`${signInName} has a new password, and is signed out everywhere`));
  });
}

export async function removeSecondFactor({ options, words }: Given<WhoseValues>, terminal: Terminal): Promise<number> {
  return withUsers(options, (users, _, settings) => {
    const { id, signInName } = named(users, words);
    users.removeSecondFactor(id, by);
    const next = demandsSecondFactor(settings) ? ", and sets one up before anything else" : "";
    terminal.print(visible(`${signInName} has no second factor${next}`));
  });
}

async function withUsers(
  { config }: WhoseValues,
  act: (users: Users, access: Access, settings: PracticeFile) => void | Promise<void>,
): Promise<number> {
  const settings = lookAtPractice(config);
  using access = await openAccessOf(settings);
  await act(access.users, access, settings);
  return 0;
}

function demandsSecondFactor({ pages }: PracticeFile): boolean {
  return pages?.signIn?.secondFactor === "required";
}

function named(users: Users, [signInName = ""]: readonly string[]): User {
  const user = users.findByName(signInName);
  if (user !== undefined) return user;
  throw new CliError(
    "input-unreadable",
    visible(`there is no user ${signInName}: restante user list shows who there is`),
  );
}
