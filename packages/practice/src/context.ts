import type { DatabaseSync } from "node:sqlite";
import type { Demographics } from "@restante/demographics";
import type { DocumentUseCase, Strictness } from "@restante/itk3";
import type { Clock, Emit } from "@restante/mesh";
import type { Reader } from "./inbound/reader.ts";
import type { UnreadOptions } from "./unread.ts";
import type { BusinessResponse, KnownOrganisation, PracticeOptions, PracticeOrganisation, Tuning } from "./options.ts";
import type { ReportWriter } from "./outbound/report-writer.ts";
import type { StandingTroubles } from "./troubles.ts";

/** What every part of a practice works with; made once. */
export interface PracticeContext {
  database: DatabaseSync;
  /** Bodies that are not in the database: too long, or of messages that could not be taken in. */
  keptFolder: string;
  organisation: PracticeOrganisation;
  organisations: readonly KnownOrganisation[];
  role: "practice" | "pharmacy";
  businessResponse: BusinessResponse;
  patients: Demographics;
  generation: 1 | 2;
  strictness: Strictness;
  undoSeconds: number;
  /** Absent: nothing is unread or overdue. */
  unread: UnreadOptions | undefined;
  doesNotTake: readonly DocumentUseCase[];
  filing: PracticeOptions["filing"];
  clock: Clock;
  emit: Emit;
  tuning: Tuning;
  reader: Reader;
  reports: ReportWriter;
  troubles: StandingTroubles;
}
