const FACTORS = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * Reads a size, such as `65536`, `256KiB` or `1GiB`, in bytes.
 *
 * @returns Undefined where the text is no size.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit ? FACTORS[unit as keyof typeof FACTORS] : 1);
}
