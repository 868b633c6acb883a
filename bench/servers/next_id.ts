let lastMs = 0;
let count = 0;

/** Returns an id greater than all before: `<unix ms>-<n>`, like the ids of the clock. */
export function nextId(): string {
  const now = Date.now();
  count = now > lastMs ? 0 : count + 1;
  lastMs = Math.max(now, lastMs);
  return `${lastMs}-${count}`;
}
