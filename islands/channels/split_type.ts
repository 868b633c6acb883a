/** Splits the type on a stream of several channels, which is `channel` or `channel#type`. */
export function splitType(type: string): [channel: string, type: string] {
  const end = type.indexOf("#");
  return end < 0
    ? [type, "message"]
    : [type.slice(0, end), type.slice(end + 1)];
}
