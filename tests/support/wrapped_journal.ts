import type { Journal } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { RETENTION } from "./serve_options.ts";

/** A journal in memory some of whose methods are others. */
export function wrappedJournal(
  wrap: (journal: Journal) => Partial<Journal>,
  journal: Journal = new MemoryJournal(RETENTION),
): Journal {
  const others = wrap(journal);
  return new Proxy(journal, {
    get(target, name) {
      const own = Reflect.get(others, name);
      if (own) return own;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
