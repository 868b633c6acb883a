import { BatchTooLargeError } from "../channels/batch_limit.ts";
import { UnavailableError } from "../channels/history.ts";
import { log } from "../log.ts";
import { publish, subscribe } from "./channel.ts";
import { clock } from "./clock.ts";
import { allowOrigin } from "./cors.ts";
import { health, ready } from "./health.ts";
import { HttpError } from "./http_error.ts";
import { metrics } from "./metrics.ts";
import { page } from "./page.tsx";
import type { Services } from "./services.ts";
import { asset } from "./static.ts";

const METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

/** Answers a request whose path and method are its own. */
export type Handler = (
  request: Request,
  url: URL,
) => Response | Promise<Response>;

/** A path and what it answers, by method. */
export interface Route {
  /** A path, or a folder where it ends in `/*`. */
  path: string;
  methods: Readonly<Record<string, Handler>>;
  /** The origins whose pages may use it, besides its own. */
  corsOrigins?: readonly string[];
}

/** Every resource there is. */
export function routes(services: Services): readonly Route[] {
  const { corsOrigins } = services;
  return [
    { path: "/", methods: { GET: page } },
    { path: "/sse", methods: { GET: addSlash }, corsOrigins },
    { path: "/sse/", methods: { GET: clock(services) }, corsOrigins },
    {
      path: "/sse/*",
      methods: { GET: subscribe(services), POST: publish(services) },
      corsOrigins,
    },
    { path: "/healthz", methods: { GET: health } },
    { path: "/readyz", methods: { GET: ready(services) } },
    { path: "/metrics", methods: { GET: metrics(services) } },
    { path: "/static/*", methods: { GET: asset } },
  ];
}

/**
 * Makes the function that answers every request: the table and the one error boundary.
 *
 * @param onAnswer Hears of each answer, as in `GET /sse/* 200`.
 */
export function app(
  table: readonly Route[],
  onAnswer: (answer: string) => void = () => {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = URL.parse(request.url);
    const route = table.find(({ path }) => url && matches(path, url.pathname));
    const response = await answer(route, request, url).catch(toErrorResponse);
    response.headers.set("x-content-type-options", "nosniff");
    allowOrigin(request, response, route?.corsOrigins ?? []);
    onAnswer(
      `${knownMethod(request)} ${route?.path ?? "none"} ${response.status}`,
    );
    return response;
  };
}

async function answer(
  route: Route | undefined,
  request: Request,
  url: URL | null,
): Promise<Response> {
  if (!url) {
    throw new HttpError(400, "Cannot answer: the Host header names no host");
  }
  if (!route) {
    throw new HttpError(404, `Cannot find "${url.pathname}": no such resource`);
  }
  const { method } = request;
  // The server sends no body to HEAD, and cancels what it does not send.
  const name = method === "HEAD" ? "GET" : method;
  const handler = Object.hasOwn(route.methods, name)
    ? route.methods[name]
    : undefined;
  if (handler) return await handler(request, url);
  const allow = allowed(route);
  if (method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { allow } });
  }
  throw new HttpError(
    405,
    `Cannot ${method} "${url.pathname}": allowed are ${allow}`,
    { allow },
  );
}

/** The method, unless anybody can have made it up. */
function knownMethod({ method }: Request): string {
  return METHODS.has(method) ? method : "other";
}

function matches(path: string, pathname: string): boolean {
  return path.endsWith("/*")
    ? pathname.startsWith(path.slice(0, -1))
    : pathname === path;
}

function allowed({ methods }: Route): string {
  return [
    ...Object.keys(methods),
    ...(methods.GET ? ["HEAD"] : []),
    "OPTIONS",
  ].join(", ");
}

function toErrorResponse(error: unknown): Response {
  if (error instanceof HttpError) return error.toResponse();
  if (error instanceof UnavailableError) {
    return new HttpError(503, error.message, { "retry-after": "1" })
      .toResponse();
  }
  if (error instanceof BatchTooLargeError) {
    return new HttpError(413, error.message).toResponse();
  }
  log("a request failed", error);
  return new HttpError(500, "Chime failed to answer; its log says why")
    .toResponse();
}

function addSlash(_request: Request, { pathname, search }: URL): Response {
  return new Response(null, {
    status: 308,
    headers: { location: `${pathname}/${search}` },
  });
}
