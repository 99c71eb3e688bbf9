import type { Case } from "./addition.ts";
import { brokenEntries, soundEntries } from "./entry-cases.ts";
import { brokenFhir, soundFhir } from "./fhir-cases.ts";
import { brokenInvariants, soundInvariants } from "./invariant-cases.ts";
import { brokenProfiles, soundProfiles } from "./profile-cases.ts";

/** Each breaks the rule that it names. */
export const brokenCases: readonly Case[] = [...brokenProfiles, ...brokenFhir, ...brokenEntries, ...brokenInvariants];

/** Each comes near the rule that it names, and keeps it. */
export const soundCases: readonly Case[] = [...soundProfiles, ...soundFhir, ...soundEntries, ...soundInvariants];
