// Whether what a node shares with others is as it must be: its PostgreSQL, and where large bodies are.

import type { Clock } from "@restante/mesh";
import { defaults } from "../config.ts";
import type { S3Bodies } from "../bodies/s3.ts";
import { MeshServerError } from "../errors.ts";
import { digestsOf } from "../store/postgres/alike.ts";
import { asStoreError, connect } from "../store/postgres/database.ts";
import { diagnose } from "../store/postgres/doctor.ts";
import { readFacts } from "../store/postgres/read-facts.ts";
import type { Finding } from "../store/postgres/finding.ts";
import { isUnreadable } from "../store/postgres/parts.ts";
import { asOpenError } from "../store/postgres/reach.ts";
import { createReads } from "../store/postgres/reads.ts";
import { migrations } from "../store/postgres/schema.ts";
import { reasonOf } from "../troubles.ts";
import { openBodiesOf, refuseOtherPlace } from "./shared-bodies.ts";
import { type SharedPlaces, type SharedSettings, storeUrl } from "./shared.ts";
import { wayTo } from "./urls.ts";

/** Never fails: what cannot be looked at is a fault of its own. Takes less than two minutes, whatever does not answer. */
export async function examineStore(settings: SharedSettings, clock: Clock): Promise<Finding[]> {
  return [...(await examinePostgres(settings, clock)), await examineBodies(settings), ...ofEndpoint(settings)];
}

async function examinePostgres(settings: SharedSettings, clock: Clock): Promise<Finding[]> {
  const text = migrations.join("");
  const named = (pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, name = ""]) => name);
  const tables = named(/CREATE TABLE (\w+)/g);
  try {
    const facts = await readFacts(storeUrl(settings), { tables });
    const salt = facts.nodes?.salt;
    return diagnose(facts, {
      schemaVersion: migrations.length,
      tables,
      indexes: named(/CREATE (?:UNIQUE )?INDEX (\w+)/g),
      connections: settings.storeConnections ?? defaults.storeConnections,
      now: clock.now(),
      way: wayTo(settings.store),
      ...(salt !== undefined && { digests: await digestsOf(settings, salt) }),
    });
  } catch (error) {
    const why = asOpenError(error, settings.store).message.replace(/\.$/, "");
    return [{ check: "connection", state: "fault", words: `${why}; nothing else of PostgreSQL was checked` }];
  }
}

async function examineBodies(settings: SharedPlaces): Promise<Finding> {
  const where = settings.bodies ?? "";
  try {
    // It writes, reads and deletes something there, before it is used for anything else.
    await using bodies = await openBodiesOf(settings);
    const newest = await lookForNewest(bodies, settings);
    const words = `${where} can be written, read and deleted from${newest > 0 ? ", and has bodies of this database" : ""}`;
    return { check: "bodies", state: "ok", words };
  } catch (error) {
    const words = error instanceof MeshServerError ? error.message : `${where}: ${reasonOf(error)}`;
    return { check: "bodies", state: "fault", words };
  }
}

/** @returns how many were looked for. @throws {MeshServerError} what is to be said of the bodies */
async function lookForNewest(bodies: S3Bodies, settings: SharedPlaces): Promise<number> {
  const database = connect(storeUrl(settings), 1);
  try {
    return await refuseOtherPlace(bodies, createReads(database));
  } catch (error) {
    if (error instanceof MeshServerError) throw error;
    if (isUnreadable(error)) throw asStoreError(error);
    // Of PostgreSQL, or of tables that are not there yet, it is told by itself.
    return 0;
  } finally {
    await database.close();
  }
}

function ofEndpoint({ s3 }: SharedPlaces): Finding[] {
  if (s3?.endpoint === undefined || wayTo(s3.endpoint) !== "clear") return [];
  const words = "bodies go over a network and not encrypted: name an address of https:// in s3.endpoint";
  return [{ check: "way to bodies", state: "warn", words }];
}
