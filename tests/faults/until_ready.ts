/** Longer than a journal takes to try again, in ms. */
const PATIENCE_MS = 20_000;

/**
 * Waits until `/readyz` answers with the status, and resolves with its body.
 *
 * @throws {Error} if it does not within 20 s.
 */
export async function untilReady(url: string, status: 200 | 503) {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const response = await fetch(`${url}readyz`);
    const body = await response.json();
    if (response.status === status) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`/readyz did not answer ${status} in ${PATIENCE_MS} ms`);
}
