import { FakeTime } from "@std/testing/time";
import { Clock } from "../../clock/clock.ts";
import { Hub } from "../../hub/hub.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { app, routes } from "../../routes/mod.ts";
import type { Services } from "../../routes/services.ts";

/** The token that publishers need here. */
export const TOKEN = "the-token";

/** Chime without a process or a socket, under fake time that begins at 2026-11-22 05:30:20.400 UTC. */
export interface InProcess extends AsyncDisposable {
  readonly time: FakeTime;
  readonly services: Services;
  /** Answers a request for a path. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** As {@linkcode request}, with the target as it is written, which `Request` would change. */
  raw(target: string, init?: RequestInit): Promise<Response>;
  /** Publishes with the token. */
  publish(path: string, body: BodyInit, type?: string): Promise<Response>;
}

/** Makes a Chime, with other services where named, and the origins whose pages may use it. */
export function inProcess(
  { corsOrigins = [], ...services }: Partial<Services> & {
    corsOrigins?: readonly string[];
  } = {},
): InProcess {
  const time = new FakeTime("2026-11-22T05:30:20.400Z");
  const clock = new Clock();
  const journal = services.journal ??
    new MemoryJournal({ maxEvents: 1_000, maxAgeMs: 86_400_000 });
  const hub = new Hub(journal);
  const following = hub.follow(journal);
  const all: Services = {
    version: "1.2.3",
    clock,
    hub,
    journal,
    token: TOKEN,
    maxBodyBytes: 1_000,
    countClients: (channel) => hub.subscribersOf(channel),
    onPublished: () => {},
    counts: () => {
      throw new Error("Only an instance counts");
    },
    refusal: () => undefined,
    ...services,
  };
  const answer = app(routes(all), corsOrigins);
  const request = (path: string, init?: RequestInit) =>
    answer(new Request(`http://chime.test${path}`, init));
  return {
    time,
    services: all,
    request,
    raw: (target, init) =>
      answer(withUrl(
        new Request("http://chime.test/", init),
        `http://chime.test${target}`,
      )),
    publish: (path, body, type = "text/plain") =>
      request(path, {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": type },
      }),
    async [Symbol.asyncDispose]() {
      clock[Symbol.dispose]();
      hub[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
      await following;
      time[Symbol.dispose]();
    },
  };
}

/** A request whose URL is as it is written, as `Deno.serve` hands it on. */
export function withUrl(request: Request, url: string): Request {
  return Object.defineProperty(request, "url", { value: url });
}
