// Invariants of what any resource may contain, and of what holds a document together.
import { endsBefore } from "../../../stu3/ends-before.ts";
import { unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { invariant, invariantWhere } from "./invariant.ts";
import { has } from "./values.ts";

export const administrativeInvariants: readonly Rule[] = [
  invariant(
    "dom-1",
    "DomainResource",
    "A contained resource must not have a narrative",
    "A contained resource has a narrative.",
    (resource) => (resource.contained ?? []).every((held) => !has(held, "text")),
  ),
  invariant(
    "dom-2",
    "DomainResource",
    "A contained resource must not contain others",
    "A contained resource contains another.",
    (resource) => (resource.contained ?? []).every((held) => !has(held, "contained")),
  ),
  invariant(
    "dom-4",
    "DomainResource",
    "A contained resource must have neither meta.versionId nor meta.lastUpdated",
    "A contained resource has a version or a time of update of its own.",
    (resource) =>
      (resource.contained ?? []).every(({ meta = {} }) => !has(meta, "versionId") && !has(meta, "lastUpdated")),
  ),
  // Of the Patient of the document CareConnect asks more.
  invariantWhere(
    "pat-1",
    "A contact of a Patient must have a name, a telecom, an address or an organization",
    "A contact of a Patient has neither name, telecom, address nor organization.",
    ({ elements, inner }) => {
      const known = new Set<object>(inner.ofType("Patient").flatMap(({ contact }) => contact ?? []));
      return elements
        .ofType("Patient.contact")
        .filter((contact) => !known.has(contact))
        .flatMap((contact) =>
          unless(
            ["name", "telecom", "address", "organization"].some((name) => has(contact, name)),
            contact,
          ),
        );
    },
  ),
  invariant(
    "cmp-1",
    "Composition.section",
    "A section must have a text, an entry or a section",
    "A section has neither text, entry nor section.",
    (section) => has(section, "text") || has(section, "entry") || has(section, "section"),
  ),
  invariant(
    "cmp-2",
    "Composition.section",
    "A section must have an emptyReason only where it has no entry",
    "A section has an emptyReason and entries.",
    (section) => !has(section, "emptyReason") || !has(section, "entry"),
  ),
  invariant(
    "org-1",
    "Organization",
    "An Organization must have an identifier or a name",
    "An Organization has neither identifier nor name.",
    (organization) => has(organization, "identifier") || has(organization, "name"),
    { path: "identifier" },
  ),
  invariant(
    "org-2",
    "Organization",
    "An address of an Organization must not be of use home",
    "An address of an Organization is of use home.",
    ({ address }) => (address ?? []).every(({ use }) => use !== "home"),
    { path: "address" },
  ),
  invariant(
    "org-3",
    "Organization",
    "A telecom of an Organization must not be of use home",
    "A telecom of an Organization is of use home.",
    ({ telecom }) => (telecom ?? []).every(({ use }) => use !== "home"),
    { path: "telecom" },
  ),
  invariant(
    "lst-1",
    "List",
    "A List must have an emptyReason only where it has no entry",
    "A List has an emptyReason and entries.",
    (list) => !has(list, "emptyReason") || !has(list, "entry"),
  ),
  invariant(
    "lst-2",
    "List",
    "An entry of a List must be deleted only where the mode of the List is changes",
    "A List of another mode than changes has deleted entries.",
    ({ mode, entry }) => mode === "changes" || (entry ?? []).every((item) => !has(item, "deleted")),
  ),
  invariant(
    "ppc-1",
    "Consent",
    "A Consent must have a policy or a policyRule",
    "A Consent has neither policy nor policyRule.",
    (consent) => has(consent, "policy") || has(consent, "policyRule"),
    { path: "policy", alsoShows: ["GPCM-SD-OC-136", "GPCM-SD-GE-136"] },
  ),
  invariant(
    "inv-1",
    "Task",
    "A Task must not have been modified before it was authored",
    "A Task was modified before it was authored.",
    ({ authoredOn, lastModified }) => !endsBefore(authoredOn, lastModified),
  ),
];
