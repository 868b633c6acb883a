/**
 * Sends a request, and sends it once more with the token where it is refused without one. The token does not come first:
 * one that is wrong by now would have a public channel refused.
 *
 * @param send Sends the request with these headers besides its own.
 * @param token A text that no header can carry is not sent.
 */
export async function withToken<T extends Response | undefined>(
  send: (headers: Record<string, string>) => Promise<T>,
  token: string | undefined,
): Promise<T> {
  const answer = await send({});
  if (answer?.status !== 401 || !token || /[^!-~]/.test(token)) return answer;
  await answer.body?.cancel();
  return await send({ authorization: `Bearer ${token}` });
}
