/**
 * Publishes to a running Chime.
 *
 * @throws {Error} for any status but 201.
 */
export async function publish(
  url: string,
  channel: string,
  body: string,
  token = "t",
): Promise<{ id: string; channel: string; clients: number }> {
  const response = await fetch(`${url}sse/${channel}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body,
  });
  if (response.status !== 201) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  return await response.json();
}
