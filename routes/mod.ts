import type { RefusedReason } from "../hub/refused.ts";
import { addSlash } from "./add_slash.ts";
import { hostCheck } from "./allowed_host.ts";
import { subscribe } from "./channel.ts";
import { describeChannels } from "./channels.ts";
import type { Client } from "./client.ts";
import { clock } from "./clock.ts";
import { corsPolicy } from "./cors.ts";
import type { Handler, Route } from "./handler.ts";
import { health } from "./health.ts";
import { HttpError } from "./http_error.ts";
import { type Answered, logAccess, logFailure } from "./log_answer.ts";
import { metrics } from "./metrics.ts";
import { page } from "./page.tsx";
import { publish } from "./publish.ts";
import { ready } from "./ready.ts";
import { refuseOthers } from "./refuse.ts";
import { REQUEST_ID, requestIdOf } from "./request_id.ts";
import type { Services } from "./services.ts";
import { SlowBodyError } from "./silence.ts";
import { asset, client } from "./static.ts";
import { revokeSubject } from "./subjects.ts";
import { readTarget, type Target } from "./target.ts";
import { issueTicket } from "./tickets.ts";
import { toHttpError } from "./to_http_error.ts";
import { checkTransferCoding } from "./transfer_coding.ts";

const METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

const HEALTH = { isOwn: true, isHealth: true } as const;

/** The table of all resources. The first match counts. */
export function routes(services: Services): readonly Route[] {
  const limited = (handler: Handler) => refuseOthers(services, handler);
  const channels = subscribe(services);
  const publishing = limited(publish(services));
  return [
    { path: "/", methods: { GET: limited(page(services)) }, isOwn: true },
    // The base path without its slash: else relative URLs lead out of it.
    { path: "", methods: { GET: limited(addSlash) }, isOwn: true },
    { path: "/sse", methods: { GET: limited(addSlash) } },
    {
      path: "/sse/",
      methods: { GET: clock(services, channels), POST: publishing },
    },
    { path: "/sse/*", methods: { GET: channels, POST: publishing } },
    {
      path: "/channels",
      methods: { GET: limited(describeChannels(services)) },
    },
    { path: "/tickets", methods: { POST: limited(issueTicket(services)) } },
    {
      path: "/subjects",
      methods: { DELETE: limited(revokeSubject(services)) },
      isOwn: true,
    },
    { path: "/healthz", methods: { GET: health(services) }, ...HEALTH },
    { path: "/readyz", methods: { GET: ready(services) }, ...HEALTH },
    {
      path: "/metrics",
      methods: { GET: limited(metrics(services)) },
      isOwn: true,
    },
    { path: "/static/*", methods: { GET: limited(asset) }, isOwn: true },
    { path: "/client.js", methods: { GET: limited(client) }, isOwn: true },
    { path: "/client.d.ts", methods: { GET: limited(client) }, isOwn: true },
  ];
}

/** Options for {@linkcode app}. */
export interface AppOptions {
  /** The origins whose pages may use the routes that are not `isOwn`, and read a 404. */
  corsOrigins?: readonly string[];
  /** Whether each request is logged. */
  accessLog?: boolean;
  /** The hosts that requests may name, as `readHost` returns them. If there is none, any. */
  allowedHosts?: readonly string[];
  /** What all paths begin with, such as `/live`; by default nothing. */
  basePath?: string;
  /** Called if a request is refused for its host, or for a body that is too slow. */
  onRefused?(reason: RefusedReason): void;
  /** Called with each answer, such as `GET /sse/* 200`. */
  onAnswer?(answer: string): void;
}

/**
 * Makes the function that answers every request. It looks the route up in the table, and it is the one place that turns
 * errors into responses.
 */
export function app(
  table: readonly Route[],
  {
    corsOrigins = [],
    accessLog = false,
    allowedHosts = [],
    basePath = "",
    ...on
  }: AppOptions = {},
): (request: Request, client: Client) => Promise<Response> {
  const allowOrigin = corsPolicy(corsOrigins);
  const checkHost = hostCheck(allowedHosts, () => on.onRefused?.("host"));
  return async (request, client) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(request);
    let route: Route | undefined;
    let path: string | undefined;
    let failure: Answered["failure"];
    const respond = async () => {
      const target = readTarget(request, basePath);
      path = target.path;
      route = table.find((row) => matches(row.path, target.path));
      if (!route?.isHealth) checkHost(request, target);
      return await answer(route, request, target, client);
    };
    const response = await respond().catch((error) => {
      failure = { error, shown: toHttpError(error) };
      if (error instanceof SlowBodyError) on.onRefused?.("slow_body");
      return failure.shown.toResponse(requestId);
    });
    response.headers.set("x-content-type-options", "nosniff");
    if (response.status >= 400) response.headers.set(REQUEST_ID, requestId);
    if (!route?.isOwn) allowOrigin(request, response);
    const { address } = client;
    const answered = { request, requestId, address, path, response, failure };
    logFailure(answered);
    if (accessLog) logAccess(answered, performance.now() - startedAt);
    on.onAnswer?.(
      `${knownMethod(request)} ${route?.path || "none"} ${response.status}`,
    );
    return response;
  };
}

async function answer(
  route: Route | undefined,
  request: Request,
  target: Target,
  client: Client,
): Promise<Response> {
  const { method } = request;
  const { path } = target;
  checkTransferCoding(request);
  if (path === "*" && method === "OPTIONS") {
    return new Response(null, { status: 204 });
  }
  if (!route) {
    throw new HttpError(404, `Cannot find "${path}": no such resource`);
  }
  // For HEAD the server does not send the body, and cancels it.
  const name = method === "HEAD" ? "GET" : method;
  const handler = Object.hasOwn(route.methods, name)
    ? route.methods[name]
    : undefined;
  if (handler) return await handler(request, target, client);
  const allow = allowed(route);
  if (method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { allow } });
  }
  throw new HttpError(
    405,
    `Cannot ${method} "${path}": allowed are ${allow}`,
    { allow },
  );
}

/** The method for the metrics. Clients can make up methods, and each would be a new series. */
function knownMethod({ method }: Request): string {
  return METHODS.has(method) ? method : "other";
}

function matches(route: string, path: string): boolean {
  return route.endsWith("/*")
    ? path.startsWith(route.slice(0, -1))
    : path === route;
}

function allowed({ methods }: Route): string {
  return [
    ...Object.keys(methods),
    ...(methods.GET ? ["HEAD"] : []),
    "OPTIONS",
  ].join(", ");
}
