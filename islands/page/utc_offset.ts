/** Formats an offset from UTC, in minutes, such as `+05:30`. */
export function utcOffset(minutes: number): string {
  const part = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${part(size / 60)}:${part(size % 60)}`;
}
