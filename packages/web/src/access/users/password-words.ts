/** The fewest and the most characters of a password. */
export const fewest = 12;
export const most = 128;

/** Why something cannot be a password. */
export const passwordWords: Readonly<Record<"too-short" | "too-long" | "of-names" | "guessed", string>> = {
  "too-short": `The password is too short: ${fewest} characters at least, such as three or four words.`,
  "too-long": `The password is too long: ${most} characters at most.`,
  "of-names":
    "The password is little more than the person's name, their sign-in name or their organisation's: choose another.",
  guessed:
    "The password is one of those that are tried first, or a row of the same or neighbouring characters: choose another.",
};
