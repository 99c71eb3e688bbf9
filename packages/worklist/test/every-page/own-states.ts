// What people see of themselves: signing in, their account, the audit, and what the messages say.

import type { Page } from "playwright-core";
import { follow, opened, press } from "./steps.ts";
import type { PageState, Surroundings } from "./page-state.ts";

const signInForm = ["GET /sign-in", "POST /sign-in"];

async function signsIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press("Sign in")(page);
}

async function setsUpCodes(page: Page, { password }: Surroundings): Promise<void> {
  await page.locator("#second-factor-password").fill(password);
  await press("Set up codes")(page);
  await page.getByRole("heading", { name: "Set up codes", exact: true }).waitFor();
}

async function hasCodes(page: Page, around: Surroundings): Promise<void> {
  await setsUpCodes(page, around);
  await page.getByLabel("Then enter the code that it shows").fill(await around.codeOn(page));
  await press("Ask for codes from now on")(page);
}

export const ownStates: readonly PageState[] = [
  // What the messages say
  { name: "messages", path: "/messages", routes: ["GET /messages"], printed: true },

  // The audit
  { name: "audit", path: "/audit", routes: ["GET /audit"], who: "auditor" },
  { name: "audit row", path: "/audit/rows/1", routes: ["GET /audit/rows/:sequence"], who: "auditor" },
  {
    name: "audit row that there is not",
    path: "/audit/rows/999999",
    routes: ["GET /audit/rows/:sequence"],
    who: "auditor",
  },
  {
    name: "audit search refused",
    path: "/audit",
    routes: ["POST /audit/find"],
    who: "auditor",
    async steps(page) {
      await opened("Search")(page);
      await page.getByLabel("About whom or what").fill("Noah");
      await press("Search")(page);
    },
  },
  {
    name: "audit found",
    path: "/audit",
    routes: ["POST /audit/find", "GET /audit/found/:id"],
    who: "auditor",
    async steps(page) {
      await opened("Search")(page);
      await page.getByLabel("About whom or what").fill("991 260 9131");
      await press("Search")(page);
      await page.getByRole("heading", { name: "Found in the audit" }).waitFor();
    },
  },
  {
    name: "audit resolved",
    path: "/audit",
    routes: ["POST /audit/resolve/:subject"],
    who: "auditor",
    async steps(page) {
      await opened("Search")(page);
      await page.getByLabel("About whom or what").fill("task:1");
      await press("Search")(page);
      await page.getByRole("link", { name: /^Row/ }).first().click();
      await follow(page, async () => page.getByRole("button", { name: /^Show what this is ?: task:1$/ }).click());
      await page.getByRole("heading", { name: "What task:1 is" }).waitFor();
    },
  },
  {
    name: "audit verified",
    path: "/audit",
    routes: ["POST /audit/verify"],
    who: "auditor",
    steps: press("Verify the audit"),
  },
  { name: "audit not theirs", path: "/audit", routes: ["GET /audit"] },

  // Signing in, and the account
  { name: "sign in", path: "/sign-in", routes: ["GET /sign-in"], who: "nobody" },
  {
    name: "sign in refused",
    path: "/sign-in",
    routes: signInForm,
    who: "nobody",
    steps: async (page) => signsIn(page, "nobody", "not a password"),
  },
  { name: "sign in with an issuer", path: "/sign-in", routes: ["GET /sign-in"], who: "nobody", site: "issuer" },
  {
    name: "issuer that cannot be reached",
    path: "/sign-in/open-id",
    routes: ["GET /sign-in/open-id"],
    who: "nobody",
    site: "issuer",
  },
  {
    name: "issuer sign in not begun",
    path: "/sign-in/open-id/answer?state=x",
    routes: ["GET /sign-in/open-id/answer"],
    who: "nobody",
    site: "issuer",
  },
  {
    name: "issuer signed out",
    path: "/sign-in/open-id/signed-out/x",
    routes: ["GET /sign-in/open-id/signed-out/:key"],
    who: "nobody",
    site: "issuer",
  },
  { name: "signed out", path: "/account", routes: ["POST /sign-out"], alone: true, steps: press("Sign out") },
  {
    name: "signed out everywhere",
    path: "/account",
    routes: ["POST /account/sign-out-everywhere"],
    who: "read-only",
    alone: true,
    steps: press("Sign out everywhere"),
  },
  { name: "account", path: "/account", routes: ["GET /account"], who: "administrator" },
  {
    name: "account password refused",
    path: "/account",
    routes: ["POST /account/password"],
    who: "administrator",
    async steps(page, { password }) {
      await page.locator("#password").fill(password);
      await page.getByLabel("New password", { exact: true }).fill("tiny");
      await press("Change the password")(page);
    },
  },
  {
    name: "account sign-in ended",
    path: "/account",
    routes: ["POST /account/sessions/:session/end"],
    who: "administrator",
    alone: true,
    steps: async (page) => {
      await follow(page, async () => page.locator('form[action^="/account/sessions/"] button').first().click());
    },
  },
  {
    name: "account password changed",
    path: "/account",
    routes: ["POST /account/password"],
    who: "administrator",
    alone: true,
    async steps(page, { password }) {
      await page.locator("#password").fill(password);
      await page.getByLabel("New password", { exact: true }).fill(password);
      await press("Change the password")(page);
    },
  },
  { name: "codes first", path: "/", routes: ["GET /account"], site: "codes", who: "auditor", alone: true },
  {
    name: "codes refused",
    path: "/account",
    routes: ["POST /account/second-factor"],
    who: "auditor",
    steps: press("Set up codes"),
  },
  {
    name: "codes set up",
    path: "/account",
    routes: ["POST /account/second-factor"],
    who: "auditor",
    steps: setsUpCodes,
  },
  {
    name: "codes wrong",
    path: "/account",
    routes: ["POST /account/second-factor/confirm"],
    who: "auditor",
    async steps(page, around) {
      await setsUpCodes(page, around);
      await press("Ask for codes from now on")(page);
    },
  },
  {
    name: "account with codes",
    path: "/account",
    routes: ["POST /account/second-factor/confirm"],
    who: "auditor",
    alone: true,
    steps: hasCodes,
  },
  {
    name: "code asked for",
    path: "/sign-in",
    routes: ["GET /sign-in/second-factor"],
    who: "nobody",
    alone: true,
    steps: async (page, { password }) => signsIn(page, "auditor", password),
  },
  {
    name: "code wrong",
    path: "/sign-in",
    routes: ["POST /sign-in/second-factor"],
    who: "nobody",
    alone: true,
    async steps(page, { password }) {
      await signsIn(page, "auditor", password);
      await page.getByRole("heading", { name: "Enter your code" }).waitFor();
      await press("Sign in")(page);
    },
  },
  { name: "page that there is not", path: "/nowhere", routes: [] },
];
