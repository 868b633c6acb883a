/** How much of a body is still read after its answer, in bytes: enough for what was on its way already. */
export const MAX_DROPPED_BYTES = 1024 * 1024;
/** How long a body is still taken after its answer, in ms: a client that is cut at once may never see the answer. */
export const MAX_DROPPING_MS = 1_000;

/**
 * Reads and drops what is left of a request's body when its answer is ready: at most 1 MiB. If it has not ended after
 * 1 s, it is canceled: `Deno.serve` cuts its connection, or over HTTP/2 its stream. It would read a body that nobody has
 * to its end, however long that is. While it waits for the next byte, it cuts nothing: a silent client's connection is
 * cut when that byte comes.
 *
 * Call it before the answer is returned: the body cannot be had after that.
 *
 * @param onCut Called if the body has not ended after 1 s.
 */
export async function dropBody(
  { body }: Request,
  onCut: () => void,
): Promise<void> {
  // One that was read to its end is locked.
  if (!body || body.locked) return;
  const reader = body.getReader();
  const timer = setTimeout(() => {
    onCut();
    reader.cancel().catch(ignore);
  }, MAX_DROPPING_MS);
  if (await hasEnded(reader).catch(isGone)) clearTimeout(timer);
}

/** Reads up to 1 MiB, and returns whether the body has ended by then. */
async function hasEnded(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<boolean> {
  for (let size = 0; size <= MAX_DROPPED_BYTES;) {
    const { done, value } = await reader.read();
    if (done) return true;
    size += value.length;
  }
  return false;
}

/** That the client has left is no error. */
function ignore(): void {}

/** A body fails if its client has left. */
function isGone(): boolean {
  return true;
}
