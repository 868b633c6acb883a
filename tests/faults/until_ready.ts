import { until } from "../support/until.ts";

/**
 * Waits until `/readyz` answers with the status, and resolves with its body.
 *
 * @throws {Error} if it does not within 20 s.
 */
export async function untilReady(url: string, status: 200 | 503) {
  const answer = await until(async () => {
    const response = await fetch(`${url}readyz`);
    const body = await response.json();
    return response.status === status && { body };
  }, { message: () => `/readyz did not answer ${status}` });
  return answer.body;
}
