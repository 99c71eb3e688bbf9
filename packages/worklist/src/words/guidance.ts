/** What a person is told of how something stands, in sentences. */
export interface Guidance {
  means: string;
  /** What it mostly is, in the order in which to check. */
  causes?: readonly string[];
  /** In the order in which to do it; empty: nothing. */
  next: readonly string[];
  /** Whether it can be sent again, and why. */
  again: string;
}

/** In a sentence, where it is to be said who to phone. */
export const phone = "{phone}";

export const dealtWith = "Then mark it as dealt with, and write down who you spoke to.";

export const notUnchanged =
  "It cannot be sent again as it is: it would be refused again. Once what was wrong is put right, send the consultation’s report anew: that is a report of its own.";

export const anotherWay =
  "If the patient cannot wait, tell the recipient what is in the report by phone or in another way that your organisation uses.";
