import { type By, isToBeReplaced, type Role, type Token, type Tokens, UsersError } from "@restante/web";
import { visible } from "../check/words.ts";
import type { Given } from "../command-line/tree.ts";
import { lookAtPractice, openAccessOf } from "../config/open-access-of.ts";
import { CliError } from "../errors.ts";
import { columns } from "../terminal/columns.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface WhoseValues {
  readonly config: string | undefined;
}

interface AddValues extends WhoseValues {
  readonly role: readonly Role[];
  readonly days: number;
}

/** Who changes it, for the audit: whoever may write the files. */
const by: By = { actor: "this-computer", source: "command" };

/** The token goes to the next program, or into a file; what is said of it to the person. */
export async function add({ options, words }: Given<AddValues>, terminal: Terminal): Promise<number> {
  const [name = ""] = words;
  const { role: roles, days } = options;
  if (roles.length === 0) throw new CliError("usage", "--role is missing: say what the program may do");
  return withTokens(options, (tokens) => {
    const { token, secret } = typed(() => tokens.add({ name, roles, days }, by));
    terminal.print(secret);
    terminal.complain(
      visible(
        `Added ${token.name}: ${token.roles.join(", ")}, until ${dayOf(token.endsAt)}. The token is shown this once, and kept nowhere here.`,
      ),
    );
  });
}

export async function list(
  { options }: Given<WhoseValues & { readonly json: boolean }>,
  terminal: Terminal,
): Promise<number> {
  return withTokens(options, (tokens) => {
    const all = tokens.list();
    if (options.json) terminal.print(JSON.stringify({ formatVersion: 1, tokens: all }, undefined, 2));
    else if (all.length === 0)
      terminal.print("There is no token yet: restante token add NAME --role ROLE adds the first.");
    else for (const line of columns(all.map(rowOf))) terminal.print(visible(line));
  });
}

export async function revoke({ options, words }: Given<WhoseValues>, terminal: Terminal): Promise<number> {
  const [name = ""] = words;
  return withTokens(options, (tokens) => {
    if (tokens.find(name) === undefined) {
      throw new CliError(
        "input-unreadable",
        visible(`there is no token ${name}: restante token list shows which there are`),
      );
    }
    tokens.revoke(name, by);
    terminal.print(visible(`${name} is revoked, and good for nothing from now on`));
  });
}

function rowOf(token: Token): string[] {
  const { name, roles, lastUsedAt } = token;
  return [
    name,
    roles.join(", "),
    stateOf(token),
    lastUsedAt === undefined ? "never used" : `used ${dayOf(lastUsedAt)}`,
  ];
}

function stateOf(token: Token, now: Date = new Date()): string {
  const { endsAt, revokedAt } = token;
  if (revokedAt !== undefined) return `revoked ${dayOf(revokedAt)}`;
  if (endsAt <= now) return `ended ${dayOf(endsAt)}`;
  return isToBeReplaced(token, now) ? `ends soon: ${dayOf(endsAt)}` : `until ${dayOf(endsAt)}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** What was typed wrong is told as such. */
function typed<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UsersError)) throw error;
    throw new CliError("usage", error.message.replace(/^./, (first) => first.toLowerCase()).replace(/\.$/, ""));
  }
}

async function withTokens({ config }: WhoseValues, act: (tokens: Tokens) => void): Promise<number> {
  using access = await openAccessOf(lookAtPractice(config));
  act(access.tokens);
  return 0;
}
