import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { route } from "../../access/route-access.ts";
import type { Visitor } from "../../access/visitor.ts";
import { createKeptSearches, keptSearch } from "../../kept-searches.ts";
import { numberIn } from "../../query.ts";
import { refusal } from "../../refusal.ts";
import type { Audit } from "../audit.ts";
import { type AuditRow, isSubject } from "../entry.ts";
import type { AuditFilter } from "../find-rows.ts";
import { foldRows } from "./fold-rows.ts";
import { type AuditSearch, emptyForm, type FormProblem, readSearchForm } from "./search-form.ts";
import { createVerification } from "./verification.ts";
import { actNames, actOf, actorWords, outcomeOf, sourceWords } from "./words.ts";
import { refusalWords } from "../../refusal-words.ts";

/** What the audit of a site cannot know by itself. */
export interface AuditPagesOptions {
  /** What a subject stands for, for whoever may read the audit; undefined where nothing is kept of it. */
  readonly resolve: (subject: string, visitor: Visitor) => Promise<Resolved | undefined>;
  /** All that is kept here about a patient, as subjects. */
  readonly subjectsOf: (nhsNumber: string, visitor: Visitor) => Promise<SubjectsOfPatient>;
  /** Of a user, by the id that the audit knows. */
  readonly userName?: (id: string) => string | undefined;
}

export interface Resolved {
  /** Such as a patient's name and NHS number. */
  readonly text: string;
  /** Its page, for who may see patients. */
  readonly href?: string;
}

export interface SubjectsOfPatient {
  readonly subjects: readonly string[];
  /** There may be more. */
  readonly cutOff?: true;
}

const perPage = 100;
/** No row names more. */
const mostSubjects = 500;

/** What these pages need of the site that they are on. */
export interface AuditedSite {
  readonly visitor: (request: FastifyRequest) => Visitor;
  readonly token: (request: FastifyRequest, action: string) => string;
  readonly listed: (request: FastifyRequest, subjects: readonly string[]) => void;
  readonly show: (reply: FastifyReply, view: string, context: object) => Promise<void>;
}

/** The auditor's pages. Each look at the audit is a row of it too. */
export function serveAuditPages(
  app: FastifyInstance,
  site: AuditedSite,
  audit: Audit,
  options: AuditPagesOptions,
): void {
  const { resolve, subjectsOf, userName = () => undefined } = options;
  const searches = createKeptSearches<AuditSearch>();
  const verification = createVerification(audit);
  const read = route({ needs: "audit", act: "read-audit" });

  app.get<{ Querystring: Record<string, unknown> }>("/audit", read, (_, reply) =>
    showRows(reply, { filter: {}, address: "/audit", form: emptyForm }),
  );

  app.post<{ Body: Record<string, unknown> | undefined }>(
    "/audit/find",
    route({ needs: "audit", act: "search" }),
    (request, reply) => {
      const search = readSearchForm(request.body ?? {});
      if (isProblems(search)) {
        const form = { ...emptyForm, ...(request.body as object) };
        return showRows(reply.code(400), { filter: {}, address: "/audit", form, problems: search });
      }
      return reply.redirect(`/audit/found/${searches.keep(request, search)}`, 303);
    },
  );

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/audit/found/:id",
    read,
    async (request, reply) => {
      const { id } = request.params;
      const search = keptSearch(searches, request, id);
      const { form, about } = search;
      const patient =
        about !== undefined && "nhsNumber" in about
          ? await subjectsOf(about.nhsNumber, site.visitor(request))
          : undefined;
      const subjects = patient?.subjects ?? (about !== undefined && "subject" in about ? [about.subject] : undefined);
      // So it is written down whom the auditor asked about, in ids.
      site.listed(request, (subjects ?? []).slice(0, mostSubjects));
      const filter = { ...search.filter, ...(subjects !== undefined && { subjects }) };
      return showRows(reply, {
        filter,
        address: `/audit/found/${id}`,
        form,
        isFound: true,
        ...(patient && { patient }),
      });
    },
  );

  app.get<{ Params: { sequence: string } }>("/audit/rows/:sequence", read, (request, reply) => {
    const sequence = numberIn(request.params, "sequence") ?? 0;
    const [row] = audit.find({ before: sequence + 1, limit: 1 }).rows;
    if (row === undefined || row.sequence !== sequence) throw refusal(404, refusalWords["no-such-row"]);
    const subjects = row.subjects.map((subject) => ({
      subject,
      token: standsForMore(subject) ? site.token(request, `/audit/resolve/${subject}`) : undefined,
    }));
    return site.show(reply, "web/audit-row", { row, subjects, ...words });
  });

  app.post<{ Params: { subject: string }; Body: Record<string, unknown> | undefined }>(
    "/audit/resolve/:subject",
    route({ needs: "audit", act: "resolve", about: ({ subject = "" }) => (isSubject(subject) ? subject : undefined) }),
    async (request, reply) => {
      const { subject } = request.params;
      const visitor = site.visitor(request);
      const resolved = isSubject(subject) ? await standingFor(subject, visitor) : undefined;
      if (resolved === undefined) throw refusal(404, refusalWords["stands-for-nothing"]);
      const sequence = numberIn(request.body ?? {}, "row");
      return site.show(reply, "web/audit-subject", {
        subject,
        text: resolved.text,
        href: visitor.rights.has("see") ? resolved.href : undefined,
        sequence,
      });
    },
  );

  app.post("/audit/verify", route({ needs: "audit", act: "verify" }), async (request, reply) =>
    site.show(reply, "web/audit-verified", {
      ...(await verification.run()),
      token: site.token(request, "/audit/verify"),
    }),
  );

  async function standingFor(subject: string, visitor: Visitor): Promise<Resolved | undefined> {
    if (!subject.startsWith("user:")) return resolve(subject, visitor);
    const name = userName(subject.slice("user:".length));
    return name === undefined ? undefined : { text: name };
  }

  const words = {
    act: actOf,
    outcome: outcomeOf,
    source: sourceWords,
    actor: ({ actor }: AuditRow) => actorWords(actor, userName),
  };

  interface Shown {
    readonly filter: AuditFilter;
    /** Of its first page. */
    readonly address: string;
    readonly form: object;
    readonly isFound?: true;
    readonly patient?: SubjectsOfPatient;
    readonly problems?: readonly FormProblem[];
  }

  function showRows(
    reply: FastifyReply,
    { filter, address, form, isFound, patient, problems = [] }: Shown,
  ): Promise<void> {
    const { request } = reply;
    const before = numberIn(request.query as Record<string, unknown>, "before");
    const { rows, more } = audit.find({ ...filter, ...(before !== undefined && { before }), limit: perPage });
    return site.show(reply, "web/audit", {
      rows: foldRows(rows),
      isFound,
      patient,
      isFirst: before === undefined,
      newest: address,
      older: more ? `${address}?before=${rows.at(-1)?.sequence}` : undefined,
      form,
      problems,
      problemAt: Object.fromEntries(problems.map(({ field, text }) => [field, text])),
      actors: audit.actors().map((actor) => ({ value: actor, text: actorWords(actor, userName) })),
      acts: Object.entries(actNames).map(([value, text]) => ({ value, text })),
      findToken: site.token(request, "/audit/find"),
      verifyToken: site.token(request, "/audit/verify"),
      ...words,
    });
  }
}

function isProblems(search: AuditSearch | readonly FormProblem[]): search is readonly FormProblem[] {
  return Array.isArray(search);
}

/** What says all that there is by itself, such as `role:clinician`, or that nothing here knows more of. */
function standsForMore(subject: string): boolean {
  return !/^(?:role|state|open-id):/.test(subject);
}
