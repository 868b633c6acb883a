import { KEY_LIFETIME_MS, MAX_KEYS } from "../keyed_store.ts";
import type { Entry, Retention } from "../journal.ts";
import type { RedisKeys } from "./keys.ts";
import type { LifeMode } from "./life.ts";
import { restOf } from "./records.ts";
import { WINDOW_BYTES, WINDOW_PART } from "./trim_script.ts";

/** The index of the channel that a note is about which is about none: no key has it. */
const NO_CHANNEL = -9;

/** What the script that appends needs to know besides the entries. */
export interface AppendOptions {
  keys: RedisKeys;
  retention: Retention;
  mode: LifeMode;
  /** The name of the epoch that begins if one has to. */
  epoch: string;
}

/** Makes the keys and the arguments of the script that appends. */
export function appendArguments(
  entries: readonly Entry[],
  { keys, retention, mode, epoch }: AppendOptions,
): [keys: string[], args: string[]] {
  const { maxEvents, maxBytes, maxAgeMs } = retention;
  const channels = new Map<string, number>();
  const items: string[] = [];
  const publications: string[] = [];
  for (const [i, entry] of entries.entries()) {
    const { channel } = entry;
    if (channel !== undefined && !channels.has(channel)) {
      channels.set(channel, channels.size + 1);
    }
    const isNote = "note" in entry;
    const index = channel === undefined ? NO_CHANNEL : channels.get(channel)!;
    items.push(`${index}`, restOf(entry), isNote ? "" : entry.data);
    if (!isNote && entry.key) {
      publications.push(`${i + 1}`, entry.key.name, entry.key.hash);
    }
  }
  const names = [...channels.keys()];
  const hasKeys = publications.length > 0;
  return [
    [
      ...[keys.state, keys.window, keys.oldest, keys.names, keys.floors],
      ...names.map((name) => keys.channel(name)),
      ...(hasKeys ? [keys.values, keys.publications] : []),
    ],
    [
      ...[mode, epoch, `${maxEvents}`],
      `${Math.min(WINDOW_BYTES, Math.floor(maxBytes * WINDOW_PART))}`,
      ...[`${maxBytes}`, `${names.length}`, `${entries.length}`],
      ...names,
      ...items,
      ...(hasKeys
        ? [`${Math.max(maxAgeMs, KEY_LIFETIME_MS)}`, `${MAX_KEYS}`]
        : []),
      ...publications,
    ],
  ];
}
