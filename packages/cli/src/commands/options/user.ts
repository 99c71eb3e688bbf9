// Options of the commands that say who may sign in.
import type { Role } from "@restante/web";
import { oneOf, text } from "../../command-line/kinds.ts";
import { type Option, optional, repeated } from "../../command-line/option.ts";
import { roleWords } from "./role-words.ts";

export const name: Option<string | undefined> = optional("name", text("a name"), {
  value: "NAME",
  about: "the person's name, as others are shown it",
  otherwise: "the sign-in name",
});

export const role: Option<readonly Role[]> = repeated("role", oneOf(roleWords), {
  value: "ROLE",
  about: "what they may do; once for each role",
});

export const passwordFile: Option<string | undefined> = optional("password-file", text("a file", "file"), {
  value: "FILE",
  about: "the file that has the password on one line, and that nobody but its owner may open",
  otherwise: "typed twice at the terminal, or read from standard input",
});

const openIdIssuer: Option<string | undefined> = optional("open-id-issuer", text("a URL"), {
  value: "URL",
  about: "they sign in by this issuer of OpenID Connect, and have no password here",
});

const openIdSubject: Option<string | undefined> = optional("open-id-subject", text("an id"), {
  value: "ID",
  about: "who they are to the issuer: what its claim 'sub' says",
});

export const openIdOptions: {
  readonly openIdIssuer: typeof openIdIssuer;
  readonly openIdSubject: typeof openIdSubject;
} = { openIdIssuer, openIdSubject };
