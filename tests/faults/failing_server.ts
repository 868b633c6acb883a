/**
 * Makes the server fail on request: the errors of `/throw` and `/reject` are caught by nothing, and `/freeze` keeps the
 * thread busy for ever. It is loaded before the server, and before each of its workers.
 *
 * @module
 */
import http from "node:http";

const serve = Deno.serve as (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) => Deno.HttpServer<Deno.NetAddr>;

Object.assign(Deno, {
  serve: (...[options, handler]: Parameters<typeof serve>) =>
    serve(options, (request, info) => {
      fail(new URL(request.url).pathname);
      return handler(request, info);
    }),
});

const node = http.Server.prototype as unknown as {
  emit(name: string, message: { url: string }): boolean;
};
const { emit } = node;
node.emit = function (name, message, ...others) {
  if (name === "request") fail(message.url);
  return emit.call(this, name, message, ...others);
};

function fail(path: string): void {
  if (path === "/throw") {
    setTimeout(() => {
      throw new Error("thrown in a timer");
    });
  }
  if (path === "/reject") Promise.reject(new Error("rejected"));
  while (path === "/freeze");
}

// Only a worker has `WorkerGlobalScope`.
if (!("WorkerGlobalScope" in globalThis)) {
  globalThis.Worker = class extends Worker {
    constructor(_module: string | URL, options?: WorkerOptions) {
      super(new URL("./failing_server_worker.ts", import.meta.url), options);
    }
  };
}
