const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `90s`, `5m`, `24h` or `7d`, in ms. Returns undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match
    ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
    : undefined;
}
