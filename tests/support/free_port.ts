/** A port that was free a moment ago, for a program that cannot choose one by itself. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
