// Dates as people write them, for what is found by a date of birth.

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Whole or short: `Mary 1980` is no month. */
const name =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

/** Each with the parts of a date in the order in which its groups have them; the day comes before the month, as in the United Kingdom. */
const forms: readonly { form: RegExp; order: readonly ("day" | "month" | "year")[] }[] = [
  { form: /(?<![\p{L}\p{N}])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\p{L}\p{N}])/giu, order: ["year", "month", "day"] },
  { form: /(?<![\p{L}\p{N}])(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?![\p{L}\p{N}])/giu, order: ["day", "month", "year"] },
  { form: /(?<![\p{L}\p{N}])(\d{2})()(\d{2})(\d{4})(?![\p{L}\p{N}])/giu, order: ["day", "month", "year"] },
  {
    form: new RegExp(
      `(?<![\\p{L}\\p{N}])(\\d{1,2})(?:st|nd|rd|th)?([-/. ]+)${name}[-/., ]+(\\d{4})(?![\\p{L}\\p{N}])`,
      "giu",
    ),
    order: ["day", "month", "year"],
  },
  {
    form: new RegExp(`(?<![\\p{L}\\p{N}])()()${name}[ -]+(\\d{4})(?![\\p{L}\\p{N}])`, "giu"),
    order: ["day", "month", "year"],
  },
];

/** A date in a text: as it was written, and as its word in the index of tasks begins. */
export interface WrittenDate {
  written: string;
  word: string;
}

/** The dates of a text, and the rest of it. A day that there is in no month, or a month in no year, is none. */
export function datesIn(text: string): { dates: WrittenDate[]; rest: string } {
  const dates: WrittenDate[] = [];
  let rest = text;
  for (const { form, order } of forms) {
    rest = rest.replaceAll(form, (written, first: string, _: string, second: string, third: string) => {
      const parts = { day: "", month: "", year: "" };
      for (const [at, part] of [first, second, third].entries()) parts[order[at] ?? "day"] = part;
      const month = monthOf(parts.month);
      const day = Number(parts.day);
      if (month < 1 || month > 12 || day > 31 || (parts.day !== "" && day < 1)) return written;
      dates.push({ written, word: `d${parts.year}${two(month)}${parts.day === "" ? "" : two(day)}` });
      return " ";
    });
  }
  return { dates, rest };
}

function monthOf(written: string): number {
  return /^\d/.test(written) ? Number(written) : months.indexOf(written.slice(0, 3).toLowerCase()) + 1;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
