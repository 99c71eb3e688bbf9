import { embeddedDemographics } from "@restante/demographics";
import { type OdsCode, parseMailboxId, parseOdsCode } from "@restante/mesh";
import { createPractice, type Practice, type PracticeOrganisation, type Transport } from "@restante/practice";
import { type Access, createOpenId, type SignInOptions } from "@restante/web";
import { createWorklistPages } from "@restante/worklist";
import { watchCertificates } from "../client/certificate-watch.ts";
import { doorOf } from "./door-of.ts";
import { noticeOptions } from "./notice-settings.ts";
import { openIdOptions } from "./open-id-settings.ts";
import type { SignInSettings } from "./pages-settings.ts";
import { openAccessOf } from "./open-access-of.ts";
import { hold, listenAt, type Opening } from "./opening.ts";
import type { PartSettings } from "./part.ts";
import type { PracticeFile } from "./practice-file.ts";
import { openClient } from "./start-client.ts";
import { unreadOptions } from "./unread-settings.ts";

type Settings = PartSettings<PracticeFile>;

/** An organisation's system at work, in this process alone. */
export async function startPractice(settings: Settings, opening: Opening): Promise<Practice> {
  const { dataFolder, organisation } = settings.file;
  hold(dataFolder, { part: "practice", odsCode: parseOdsCode(organisation.odsCode) }, opening);
  // Who only reads and stores saves nothing, and must not be kept from it by a record system's disk.
  const practice = await openPractice(settings, opening, settings.file.filing);
  practice.start();
  return practice;
}

/** An organisation's system, for reading and storing; only a process that holds its folder may start it. */
export async function openPractice(
  settings: Settings,
  { emit, closing }: Pick<Opening, "emit" | "closing">,
  filing?: PracticeFile["filing"],
): Promise<Practice> {
  const { file } = settings;
  const { role } = file.organisation;
  const directory = settings.directory();
  const { generation, strictness, doesNotTake, retention, undoSeconds, pollIntervalMs, tuning } = file;
  const { businessResponse, dataFolder } = file;
  const practice = await createPractice({
    organisation: organisationOf(settings),
    role,
    businessResponse,
    dataFolder,
    transports: transportsOf(settings, closing),
    patients: embeddedDemographics(directory),
    organisations: directory.organisations.map(({ odsCode, name, mailboxes }) => ({
      odsCode,
      name,
      mailboxIds: mailboxes.map(({ mailboxId }) => mailboxId),
    })),
    ...(generation === undefined ? {} : { generation }),
    ...(strictness === undefined ? {} : { strictness }),
    ...(undoSeconds === undefined ? {} : { undoSeconds }),
    ...(doesNotTake === undefined ? {} : { doesNotTake }),
    ...(filing === undefined ? {} : { filing }),
    ...(retention === undefined ? {} : { retention }),
    ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
    ...(file.unread === undefined ? {} : { unread: unreadOptions(file.unread) }),
    ...(file.notices === undefined ? {} : { notices: noticeOptions(file.notices, file.pages?.address, settings.text) }),
    ...(tuning === undefined ? {} : { tuning }),
    emit,
  });
  return closing.use(practice);
}

function transportsOf({ file, text }: Settings, closing: AsyncDisposableStack): Transport[] {
  return file.transports.map((transport, index): Transport => {
    const mailboxId = parseMailboxId(transport.mailboxId);
    if (transport.kind === "directory") return { kind: "directory", mailboxId, folder: transport.folder };
    const at = `/transports/${index}`;
    const client = openClient(text, transport, closing, {
      mailboxId,
      passwordAt: `${at}/password`,
      sharedKeyAt: `${at}/sharedKey`,
      proxyAt: `${at}/proxy`,
      tlsAt: `${at}/tls`,
    });
    return { kind: "api", client };
  });
}

/** The worklist, for a browser; undefined where the settings want no pages. */
export async function openPages(
  settings: Settings,
  practice: Practice,
  { emit, closing, remedies }: Pick<Opening, "emit" | "closing" | "remedies">,
): Promise<string | undefined> {
  const { pages } = settings.file;
  if (pages === undefined) return undefined;
  const { host = "127.0.0.1", port } = pages;
  const organisation = organisationOf(settings);
  const door = await doorOf(settings);
  const access = closing.use(await openAccessOf(settings.file));
  const served = await listenAt({ host, port }, `the worklist of ${organisation.odsCode}`, remedies, () =>
    createWorklistPages({
      worklist: practice.worklist,
      organisation,
      audit: access.audit,
      programs: access,
      host,
      port,
      emit,
      ...(pages.nhsLogo !== undefined && { nhsLogo: pages.nhsLogo }),
      ...(settings.file.unread?.role !== undefined && { unreadRole: settings.file.unread.role }),
      ...(pages.teams !== undefined && { teams: pages.teams }),
      ...(door !== undefined && { door }),
      ...(pages.signIn !== undefined && { signIn: signInOf(settings, pages.signIn, access) }),
    }),
  );
  if (door?.tls !== undefined) watchPagesCertificate(organisation.odsCode, door.tls.cert, { emit, closing });
  return closing.use(served).url;
}

function signInOf(
  { text }: Settings,
  { local = false, secondFactor = "optional", openId }: SignInSettings,
  access: Access,
): SignInOptions {
  return {
    access,
    local,
    secondFactor,
    ...(openId !== undefined && { openId: createOpenId(openIdOptions(openId, text), access) }),
  };
}

/** What issued it is in the same file, if anything is: the end of the first of them ends all. */
function watchPagesCertificate(
  odsCode: OdsCode,
  cert: string,
  { emit, closing }: Pick<Opening, "emit" | "closing">,
): void {
  closing.use(watchCertificates({ emit })).watch([{ odsCode, cert, ca: cert }]);
}

function organisationOf({ file }: Settings): PracticeOrganisation {
  const { role: _, odsCode, ...organisation } = file.organisation;
  return { ...organisation, odsCode: parseOdsCode(odsCode) };
}
