/** What the page of an account may say was just done. */
export const accountNotices: Readonly<Record<string, string>> = {
  "signed-out": "That sign-in is over.",
  password: "Your password is changed. You are signed out everywhere else.",
  "second-factor-on": "A code is asked for from now on whenever you sign in. You are signed out everywhere else.",
  "second-factor-off": "No code is asked for any more when you sign in.",
};
