let lastMs = 0;
let count = 0;

/** An id above those before: `<unix ms>-<n>`, as the clock's are. */
export function nextId(): string {
  const now = Date.now();
  count = now > lastMs ? 0 : count + 1;
  lastMs = Math.max(now, lastMs);
  return `${lastMs}-${count}`;
}
