import { systemClock } from "@restante/mesh";
import { type CertificateExpiry, certificateExpiry } from "@restante/mesh-client";
import { examineStore, type Finding } from "@restante/mesh-server/store-tools";
import { count, visible } from "../check/words.ts";
import type { Given } from "../command-line/tree.ts";
import { readSharedSettings } from "../config/shared-store.ts";
import { columns } from "../terminal/columns.ts";
import type { Paint, Terminal } from "../terminal/terminal.ts";

interface DoctorValues {
  readonly config: string | undefined;
  readonly json: boolean;
}

export async function doctor({ options }: Given<DoctorValues>, terminal: Terminal): Promise<number> {
  const settings = readSharedSettings(options.config);
  const ofNode = ofCertificate(certificateExpiry(settings.tls, systemClock.now()));
  const findings = [...(await examineStore(settings, systemClock)), ofNode];
  const [faults, warnings] = (["fault", "warn"] as const).map(
    (state) => findings.filter((finding) => finding.state === state).length,
  ) as [number, number];
  if (options.json) {
    terminal.print(JSON.stringify({ formatVersion: 1, faults, warnings, findings }, undefined, 2));
  } else {
    for (const line of linesOf(findings, terminal.paint)) terminal.print(line);
    terminal.print(`${count(faults, "fault", "faults")}, ${count(warnings, "warning", "warnings")}.`);
  }
  return faults > 0 ? 1 : 0;
}

const places: Readonly<Record<CertificateExpiry["of"], string>> = {
  client: "tls.cert",
  issuer: "an issuer, in tls.cert",
  trusted: "an issuer of clients' certificates, in tls.ca",
};

/** Of those that a node needs, the one that ends first. */
function ofCertificate({ certificate, of, expiresAt, daysLeft }: CertificateExpiry): Finding {
  const day = expiresAt.toISOString().slice(0, 10);
  const what = `${certificate} (${places[of]})`;
  const check = "certificate";
  if (daysLeft > 30) return { check, state: "ok", words: `good until ${day}, ${what} the shortest` };
  const remedy = "put another in its place, and start the node again";
  if (daysLeft <= 0) return { check, state: "fault", words: `${what} has expired (${day}): ${remedy}` };
  return { check, state: "warn", words: `${what} expires in ${count(daysLeft, "day", "days")} (${day}): ${remedy}` };
}

/** The state is painted once the columns stand. */
function linesOf(findings: readonly Finding[], paint: Paint): string[] {
  const paints = { ok: paint.green, warn: paint.yellow, fault: paint.red };
  const lines = columns(findings.map(({ state, check, words }) => [state, check, words]));
  return lines.map((line, index) => {
    const { state } = findings[index]!;
    return `${paints[state](state)}${visible(line.slice(state.length))}`;
  });
}
