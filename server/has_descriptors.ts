/** Whether the process can open another file: a socket on the host is one. */
export function hasDescriptors(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    // Whatever the system refuses: listening again would fail, too.
    return false;
  }
}
