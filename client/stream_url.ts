/** A channel's name, or a pattern: no segment is empty, `.` or `..`. */
const NAME = /^(?!(.*\/)?\.{0,2}(\/|$))[\w.:@+~=/*-]+$/;

/**
 * The URL of a stream.
 *
 * @param channels The channels to add to the URL, if any.
 * @throws {TypeError} for a URL that is none, and for a channel's name that no channel can have.
 */
export function streamUrl(
  url: string | URL,
  channels: readonly string[] = [],
): URL {
  const { document, location } = globalThis;
  const whole = new URL(url, document?.baseURI ?? location?.href);
  for (const name of channels) {
    if (NAME.test(name)) continue;
    throw new TypeError(
      `Cannot use channel ${
        JSON.stringify(name)
      }: names are of A-Z a-z 0-9 . _ - : @ + ~ = and / between segments`,
    );
  }
  if (channels.length > 0) {
    whole.pathname = whole.pathname.replace(/\/?$/, `/${channels}`);
  }
  return whole;
}

/**
 * Makes the function that tells an event's channel and its own type apart. On a stream of several channels, and on one of
 * a pattern, the type is the channel or `channel#type`. No channel's name has a `#`. With `flat=1` and `format=json` the type
 * is the event's own, or `message`, and its channel is only known if there is but one.
 */
export function typeSplitter(
  { pathname, searchParams }: URL,
): (type: string) => readonly [channel: string, type: string] {
  const [, path = ""] = /\/sse\/(.*)/.exec(pathname) ?? [];
  const names = new Set([
    ...searchParams.getAll("channel"),
    ...decodeURIComponent(path).split(","),
  ].filter(Boolean));
  const [name = ""] = names;
  const isOne = names.size < 2 && !name.includes("*");
  const isFlat = searchParams.get("flat") === "1" ||
    searchParams.has("format");
  if (isOne || isFlat) return (type) => [isOne ? name : "", type];
  return (type) => {
    const [channel, ...rest] = type.split("#");
    return [channel!, rest.join("#") || "message"];
  };
}
