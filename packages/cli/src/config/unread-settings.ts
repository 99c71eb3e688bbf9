import {
  type Find,
  type Finding,
  type Needed,
  distinct,
  list,
  object,
  oneOf,
  optional,
  type Rule,
  text,
  type TextFormat,
  whole,
} from "@restante/settings";
import { practiceDefaults, type UnreadOptions, type WorkingHours } from "@restante/practice";

/** When nobody has opened a task in time, or dealt with it by its due date, and who is told of it. */
export interface UnreadSettings {
  afterHours?: number;
  hours?: Partial<WorkingHours>;
  role?: UnreadRole;
}

/** Those who may act on it. */
export type UnreadRole = "administrator" | "clinician";

const by = practiceDefaults.unread;
const TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$";

const timeFormat: TextFormat = {
  name: "time-of-day",
  accepts: (time) => new RegExp(TIME).test(time),
  pattern: TIME,
  problem: 'must be a time of the day in quotes, such as "08:00", at most "24:00"',
};

const dayFormat: TextFormat = {
  name: "day",
  accepts(day) {
    const date = new Date(`${day}T00:00:00Z`);
    return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  },
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
  problem: 'must be a day of the calendar in quotes, such as "2026-12-25"',
};

export const unread: Needed<UnreadSettings> = object<UnreadSettings>(
  {
    afterHours: optional(
      whole({
        description: "Hours of work after which a task for action should have been opened by somebody who may act.",
        from: 1,
        to: 200,
        default: by.afterHours,
      }),
    ),
    hours: optional(
      object<Partial<WorkingHours>>(
        {
          from: optional(
            text({ description: "When work begins, in quotes.", format: timeFormat, default: by.hours.from }),
          ),
          to: optional(text({ description: "When it ends, in quotes.", format: timeFormat, default: by.hours.to })),
          days: optional(
            list(oneOf([1, 2, 3, 4, 5, 6, 7], { description: "A day of the week: 1 is Monday." }), {
              description: "The days on which people work.",
              least: 1,
              default: by.hours.days,
            }),
          ),
          notOn: optional(
            list(text({ description: "A day.", format: dayFormat }), {
              description:
                "Days on which nobody works besides, such as bank holidays, in quotes. Absent: there are none.",
            }),
          ),
        },
        { description: "The hours of work, in the time of London, also where clocks change.", default: {} },
      ),
    ),
    role: optional(
      oneOf<UnreadRole>(["administrator", "clinician"], {
        description: "Who is told of it on the pages. Without signIn that is whoever uses this computer.",
        default: "administrator",
      }),
    ),
  },
  {
    description:
      "Tells of each task for action that nobody has opened in time, and of each task that is open past its due date, until somebody has opened it or dealt with it. Absent: nobody is told.",
  },
);

export const unreadRules: readonly Rule[] = [
  distinct(["/unread/hours/notOn/*"], (day) => day),
  (find: Find): Finding[] => {
    const [from] = find("/unread/hours/from");
    const [to] = find("/unread/hours/to");
    const begins = typeof from?.value === "string" ? from.value : by.hours.from;
    const ends = typeof to?.value === "string" ? to.value : by.hours.to;
    const pointer = to?.pointer ?? from?.pointer;
    return pointer === undefined || begins < ends
      ? []
      : [{ pointer, words: `must be such that work begins before it ends: it is from ${begins} to ${ends}` }];
  },
];

/** With what is taken where something is absent. */
export function unreadOptions({ afterHours = by.afterHours, hours }: UnreadSettings): UnreadOptions {
  return { afterHours, hours: { ...by.hours, ...hours } };
}
