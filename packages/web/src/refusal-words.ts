// What every site tells a person where something cannot be shown or done: written here alone, and shown on `/messages`.

export const refusalWords = {
  "went-wrong": "Something went wrong here. Try again; if it keeps happening, tell support.",
  "no-such-page": "There is no page at this address. It may be an old link.",
  "no-such-file": "There is no such file.",
  "no-such-row": "The audit has no such row.",
  "stands-for-nothing": "Nothing is kept here that this stands for.",
  "search-gone": "This search is not kept any more: it was an hour ago, or of another sign-in. Search again.",
  "sign-in-first": "Sign in first.",
  "signed-out": "You are not signed in any more, so nothing was done. Sign in, open the page again and retry.",
  "codes-first":
    "Nothing was done: codes are demanded here, and you have none yet. Set them up, open the page again and retry.",
  "codes-already": "A code is asked for already. Go back, and load the page again.",
  "codes-demanded":
    "You cannot do without codes: they are demanded here of whoever has a password. With another phone, ask whoever gives out the accounts here.",
  "no-such-account": "There is no such account any more.",
  "too-many-passwords": "Many people are signing in at this moment. Go back, wait a little, and try again.",
  "no-web-socket": "There is no WebSocket here.",
  "other-site": "Other sites may lead to these pages, and show nothing of them.",
} as const;

/** Said of somebody who has to wait, with the time until when. */
export const tooManyAttempts = {
  "not-looked-at": (until: string) =>
    `Too many attempts have failed, so this one was not looked at. Try again after ${until}.`,
  failed: (until: string) => `Too many attempts have failed. Try again after ${until}.`,
  "by-issuer": (until: string) =>
    `Too many sign-ins from here came to nothing, so this one was not looked at. Try again after ${until}.`,
} as const;

/** What is wrong with what a person filled in: at the head of the page, and beside the field. */
export const problemWords = {
  "name-or-password": "The name or the password is not right.",
  "many-at-once": "Many people are signing in at this moment. Wait a little, and try again.",
  "not-your-password": "This is not your password.",
  "wrong-code": "This is not the code of this moment. Each code is good once, for half a minute.",
  "from-invalid": "First day must be a real date",
  "to-invalid": "Last day must be a real date",
  "to-before-from": "Last day must be the same as or after the first day",
  "about-unknown": "Enter a whole NHS number, or what a row is about, such as task:12",
} as const;
