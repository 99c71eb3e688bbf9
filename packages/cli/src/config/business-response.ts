import { object, oneOf, optional, type Schema, variants, whole } from "@restante/settings";
import { type BusinessResponse, practiceDefaults } from "@restante/practice";

/** Of what the register does not settle; see `businessResponse`. */
export type Doubtful = NonNullable<Extract<BusinessResponse, { kind: "onMatch" }>["doubtful"]>;

const by = practiceDefaults.businessResponse;

export const businessResponse: Schema<BusinessResponse> = variants<BusinessResponse>(
  "kind",
  [
    object<Extract<BusinessResponse, { kind: "onMatch" }>>(
      {
        kind: oneOf(["onMatch"], { description: "By looking for the patient in the register: 30001 to 30004." }),
        doubtful: optional(
          oneOf(["answer", "queue"], {
            description:
              "What becomes of a document whose patient the register does not settle: it has no NHS number or a wrong one, nobody is found by it, the details of who is found differ, or something unknown may change whose it is. answer: at once, by the register alone. queue: nothing is answered until a person decides. Holds for what is looked up from then on.",
            default: by.doubtful,
          }),
        ),
        tellAfterHours: optional(
          whole({
            description:
              "Hours after which it is told that nobody has decided on a document of the queue; then again and again, each time after twice as long, up to a week.",
            from: 1,
            to: 8760,
            default: by.tellAfterHours,
          }),
        ),
      },
      { description: "A practice's." },
    ),
    object<Extract<BusinessResponse, { kind: "onDecision" }>>(
      {
        kind: oneOf(["onDecision"], { description: "When a person decides: one of 30005 to 30018." }),
        automatic: optional(
          oneOf(["30016"], { description: "Decides by itself, for trying things out. Absent: a person decides." }),
        ),
      },
      { description: "An organisation's without a register." },
    ),
  ],
  { description: "How it is answered whether a document is for this organisation." },
);
