import { checkChannel, checkType, type Message } from "../events/message.ts";
import { readBody } from "./body.ts";
import { readBodyKind } from "./body_kind.ts";
import { HttpError } from "./http_error.ts";
import type { Handler } from "./handler.ts";
import type { Services } from "./services.ts";
import { openStream, readDeliverFrom, refuseStream } from "./stream.ts";
import type { Target } from "./target.ts";
import { tokenCheck } from "./token.ts";

/** How many channels one stream carries at most. */
const MAX_CHANNELS = 32;

/** `GET /sse/{channel}[,{channel}…]`: those channels on one stream. */
export function subscribe(services: Services): Handler {
  return async (request, target) => {
    const channels = readChannels(target);
    const from = readDeliverFrom(request, target);
    const status = services.refusal();
    if (status) return refuseStream(request, services.hub.sent, status);
    const answer = openStream((sink) =>
      services.hub.open(channels, from, sink)
    );
    await services.counted?.();
    return answer;
  };
}

/** `POST /sse/{channel}`: publishes the body, or, of NDJSON, each line. */
export function publish(services: Services): Handler {
  const checkToken = tokenCheck(services.token);
  return async (request, target) => {
    checkToken(request);
    const [channel, ...others] = readChannels(target);
    if (others.length > 0) {
      throw new HttpError(400, "Cannot publish to several channels at once");
    }
    const type = readType(target);
    const isMany = readBodyKind(request) === "lines";
    const body = await readBody(request, services.maxBodyBytes);
    const messages = asHttpError(() =>
      isMany
        ? readLines(channel!, type, body)
        : [toMessage(channel!, type, body)]
    );
    const [ids, clients] = await Promise.all([
      services.journal.append(messages),
      services.countClients(channel!),
    ]);
    services.onPublished(ids.length);
    return Response.json(
      isMany ? { ids, channel, clients } : { id: ids[0], channel, clients },
      { status: 201, headers: { "cache-control": "no-store" } },
    );
  };
}

function readChannels({ path }: Target): string[] {
  return asHttpError(() => {
    const names = path.slice("/sse/".length).split(",");
    if (names.length > MAX_CHANNELS) {
      throw new RangeError(
        `Cannot use ${names.length} channels: a stream carries ${MAX_CHANNELS} at most`,
      );
    }
    for (const name of names) checkChannel(name);
    return names;
  });
}

/** The type that `event` names. A parameter that is not known would be left out without a word. */
function readType({ query }: Target): string | undefined {
  for (const name of query.keys()) {
    if (name === "event") continue;
    throw new HttpError(
      400,
      `Cannot publish with the parameter ${
        JSON.stringify(name)
      }: it must be event`,
    );
  }
  const [type, ...others] = query.getAll("event");
  if (others.length === 0) return type;
  throw new HttpError(
    400,
    "Cannot publish with several event parameters: a message has one type",
  );
}

function toMessage(
  channel: string,
  type: string | undefined,
  data: string,
): Message {
  if (type === undefined) return { channel, data };
  checkType(type);
  return { channel, type, data };
}

/** Reads one message a line: `{"data": "…", "event": "…"}`, `event` being optional. */
function readLines(
  channel: string,
  type: string | undefined,
  body: string,
): Message[] {
  const lines = body.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    try {
      const parsed: unknown = JSON.parse(line);
      if (typeof parsed !== "object" || parsed === null) {
        throw new TypeError("a line must be a JSON object");
      }
      const { data, event = type } = parsed as Record<string, unknown>;
      if (typeof data !== "string") {
        throw new TypeError("data must be a string");
      }
      if (event !== undefined && typeof event !== "string") {
        throw new TypeError("event must be a string");
      }
      if (!data.isWellFormed()) {
        throw new TypeError("data must be without a lone surrogate");
      }
      return toMessage(channel, event, data);
    } catch (error) {
      throw new TypeError(
        `Cannot publish line ${i + 1}: ${(error as Error).message}`,
      );
    }
  });
}

/** Tells the client what it did wrong. */
function asHttpError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isClients = error instanceof TypeError ||
      error instanceof RangeError;
    throw isClients ? new HttpError(400, error.message) : error;
  }
}
