// Patients who move practice because it was asked for.

import { ControlError, type ControlDemographics, type PatientMove } from "@restante/control";
import type { Demographics, PatientRecord } from "@restante/demographics";
import { type NhsNumber, type OdsCode, readNhsNumber } from "@restante/mesh";

const MOST_MOVES = 10_000;

export interface Moves {
  readonly control: ControlDemographics;
  /** The record as it is since the patient moved. */
  applied(record: PatientRecord): PatientRecord;
  /** Every patient is back where the records say. */
  forget(): void;
  readonly part: {
    /** As plain JSON. */
    save(): readonly PatientMove[];
    load(value: unknown): void;
  };
}

/**
 * @param demographics who is known. A patient may move to any ODS code, also to one that has no mailbox here or that nobody
 * knows: such is what routing reports as EPL-151
 */
export function createMoves(demographics: Demographics): Moves {
  /** The newest move of each; of a number that was superseded, under the one that is valid. */
  const moved = new Map<NhsNumber, OdsCode | undefined>();

  function listed(): PatientMove[] {
    return [...moved].map(([nhsNumber, odsCode]) => (odsCode === undefined ? { nhsNumber } : { nhsNumber, odsCode }));
  }

  return {
    control: {
      read: async () => ({ moved: listed() }),
      async move({ nhsNumber: text, odsCode: code }) {
        const asked = readNhsNumber(text);
        if (asked === undefined) throw new ControlError("input-invalid", "nhsNumber: not an NHS number");
        const odsCode = code?.trim().toUpperCase() as OdsCode | undefined;
        const record = await demographics.find(asked);
        if (record === undefined) throw new ControlError("patient-unknown", "nhsNumber: nobody has this NHS number");
        const { nhsNumber } = record;
        if (moved.size >= MOST_MOVES && !moved.has(nhsNumber)) {
          throw new ControlError("not-possible", `${MOST_MOVES} patients were moved already`);
        }
        moved.set(nhsNumber, odsCode);
        return { nhsNumber, ...(odsCode !== undefined && { odsCode }) };
      },
    },
    applied(record) {
      if (!moved.has(record.nhsNumber)) return record;
      const odsCode = moved.get(record.nhsNumber);
      const { practice, formerPractices } = record;
      // Without a day on which it begins: the clock that routing follows may be put back.
      const now = odsCode === undefined ? undefined : { odsCode };
      const left = practice === undefined || practice.odsCode === odsCode ? [] : [practice];
      return { ...record, practice: now, formerPractices: [...left, ...formerPractices] };
    },
    forget: () => moved.clear(),
    part: {
      save: listed,
      load(value) {
        moved.clear();
        for (const { nhsNumber, odsCode } of (value ?? []) as readonly PatientMove[]) {
          moved.set(nhsNumber as NhsNumber, odsCode as OdsCode | undefined);
        }
      },
    },
  };
}
