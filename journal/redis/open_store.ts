import type { EventId } from "../../events/event_id.ts";
import type { NoteRecord } from "../note.ts";
import type { NoteGuard } from "../note_guard.ts";
import type { Ask } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";
import type { RedisKeys } from "./keys.ts";
import type { RedisLife } from "./life.ts";
import { migrate } from "./migration.ts";
import { noteOf } from "./records.ts";
import { SCRIPTS } from "./scripts.ts";
import type { RedisWriter } from "./writer.ts";

/** What a new connection is tried with. */
export interface OpenStoreOptions {
  keys: RedisKeys;
  life: RedisLife;
  health: RedisHealth;
  writer: RedisWriter;
  /** Looks at the notes that are there. */
  guard: NoteGuard;
}

/**
 * Makes the journal on a new connection usable: moves an older format, or begins a journal.
 *
 * @throws {RedisError} The connection is of no use: Redis is still loading, or the user lacks a right.
 */
export async function openStore(
  ask: Ask,
  options: OpenStoreOptions,
): Promise<void> {
  const { keys, life, health, guard } = options;
  await life.check(ask, true);
  // Once for each connection, and not with each check: Redis 6.2 writes it to its log and sends it to its replicas.
  await ask((client) => client.scriptLoad(SCRIPTS.append.SCRIPT));
  await health.check(ask);
  await migrate(ask, keys);
  await beginStore(ask, options);
  // Some of it can only be tried where there is a journal.
  await health.check(ask);
  guard.see(await readNotes(ask, keys));
}

/**
 * Begins a journal where there is none. That Redis takes no writes is only noted.
 *
 * @returns Whether there is one then.
 * @throws {RedisError} Redis refuses for other reasons, or the connection was lost.
 */
export async function beginStore(
  ask: Ask,
  { writer, health }: Pick<OpenStoreOptions, "writer" | "health">,
): Promise<boolean> {
  try {
    await writer.begin(ask);
    return true;
  } catch (error) {
    if (!(error instanceof RedisError) || !error.isUnwritable) throw error;
    health.note(error);
    return false;
  }
}

/** Reads the last note of each kind that the journal was ever given. */
async function readNotes(ask: Ask, keys: RedisKeys): Promise<NoteRecord[]> {
  const items = await ask((client) => client.readNotes([keys.state]));
  return items.map((text) => {
    const at = text.indexOf(" ");
    return noteOf(text.slice(0, at) as EventId, text.slice(at + 1));
  });
}
