// The kinds of structured entry that only a generic document has requirements for (GPCM-SD-GE-147 to 267).
import { medicationSection } from "@restante/itk3";
import { type Kind, when, day } from "./samples.ts";

const own = (value: string) => ({ system: "https://supplier.example/id", value });
export const paracetamol = { code: "322236009", display: "Paracetamol 500mg tablets" };
/** Acute, and no more than is demanded. */
export const plan = {
  identifier: { system: "https://supplier.example/id", value: "plan-1" },
  authorised: "2026-01-05T10:00:00+00:00",
  valid: { start: "2026-01-05" },
  dosage: "Two, four times a day",
  prescriptionType: "acute",
  status: "active",
} as const;
export const order = {
  identifier: { system: "https://supplier.example/id", value: "order-1" },
  authorised: "2026-01-05T10:00:00+00:00",
  valid: { start: "2026-01-05" },
  status: "completed",
} as const;

export const genericKinds: Readonly<Record<string, Kind>> = {
  medications: {
    full: (parts) => [
      medicationSection(parts, [
        {
          code: paracetamol,
          plan: {
            ...plan,
            prescriptionType: "repeat",
            groupIdentifier: own("group-1"),
            repeat: { allowed: 6, issued: 1, expires: "2026-07-05" },
            status: "stopped",
            stopped: { date: when, reason: { text: "Finished" } },
            valid: { start: day, end: "2026-07-05" },
            patientInstruction: "With food",
            quantity: { value: "32", unit: "tablet" },
            supplyDays: 4,
            notes: ["Reviewed"],
          },
          orders: [{ ...order, quantity: { text: "One box" }, supplyDays: 4, dispenser: parts.organisation }],
          statement: {
            prescribingAgency: "prescribed-at-gp-practice",
            lastIssued: day,
            dosageLastChanged: day,
            notes: ["Taken as needed"],
          },
        },
      ]),
    ],
    least: (parts) => [
      medicationSection(parts, [
        {
          code: { text: "A cream" },
          plan,
          orders: [order],
          statement: { prescribingAgency: "prescribed-by-another-organisation" },
        },
      ]),
    ],
  },
};
