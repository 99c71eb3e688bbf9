// Invariants of quantities of a kind, and of those that must be plain amounts. Where HL7's sentence and its expression do
// not say the same (drt-1: the expression lets a length of time be without a code), the expression is held.
import { systems } from "../../../names.ts";
import type { Quantity } from "../../../stu3/types.ts";
import { unless } from "../../look.ts";
import type { Breach, CheckContext, Rule } from "../../rule.ts";
import { invariant, invariantWhere } from "./invariant.ts";
import { simpleQuantities } from "./simple-quantities.ts";
import { has } from "./values.ts";

const isCoded = (quantity: Quantity): boolean => has(quantity, "code") || !has(quantity, "value");
const isOfSystem = (quantity: Quantity, system: string): boolean =>
  !has(quantity, "system") || quantity.system === system;
const isPositive = ({ value }: Quantity): boolean => value === undefined || Number(value) > 0;

export const quantityInvariants: readonly Rule[] = [
  invariant(
    "age-1",
    "Age",
    "An age must be positive, with a code for its unit, of UCUM where it names a system",
    "An age is not positive, has no code for its unit, or is of another system than UCUM.",
    (age) => isCoded(age) && isOfSystem(age, systems.ucum) && isPositive(age),
  ),
  invariant(
    "cnt-3",
    "Count",
    "A count must be a whole number with the code 1, of UCUM where it names a system",
    "A count is no whole number, has another code than 1 or none, or is of another system than UCUM.",
    (count) =>
      isCoded(count) &&
      isOfSystem(count, systems.ucum) &&
      (!has(count, "code") || count.code === "1") &&
      !(count.value ?? "").includes("."),
  ),
  invariant(
    "dis-1",
    "Distance",
    "A distance must have a code for its unit, of UCUM where it names a system",
    "A distance has no code for its unit, or is of another system than UCUM.",
    (distance) => isCoded(distance) && isOfSystem(distance, systems.ucum),
  ),
  invariant(
    "drt-1",
    "Duration",
    "A length of time with a code for its unit must have a value, and UCUM for the system of the code",
    "A length of time has a code for its unit and no value, or another system than UCUM.",
    // Without a system it is qty-3.
    (duration) => !has(duration, "code") || (isOfSystem(duration, systems.ucum) && has(duration, "value")),
  ),
  invariant(
    "mny-1",
    "Money",
    "An amount of money must have a code for its currency, of ISO 4217 where it names a system",
    "An amount of money has no code for its currency, or is of another system than ISO 4217.",
    (money) => isCoded(money) && isOfSystem(money, "urn:iso:std:iso:4217"),
  ),
  invariantWhere(
    "sqty-1",
    "A quantity must have no comparator where STU3 wants a plain amount",
    "A quantity has a comparator where STU3 wants a plain amount.",
    (context) => simpleQuantities.flatMap(([type, name]) => compared(context, type, name)),
  ),
];

function compared({ elements }: CheckContext, type: string, name: string): Breach[] {
  // Types that rules do not look for by name are found by it all the same.
  return elements.ofType(type as "BackboneElement").flatMap((element) => {
    const quantity = (element as Readonly<Record<string, unknown>>)[name];
    if (typeof quantity !== "object" || quantity === null) return [];
    return unless(!has(quantity, "comparator"), quantity);
  });
}
