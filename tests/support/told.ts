import { EventReader } from "./event_reader.ts";

/** What a client is told that comes back to `news` with an id: its first status event, and the data before that. */
export async function told(url: string, id: string): Promise<string[]> {
  await using reader = await EventReader.open(`${url}sse/news`, {
    headers: { "last-event-id": id },
  });
  const data: string[] = [];
  while (true) {
    const event = await reader.next();
    if (event?.data === undefined) continue;
    data.push(event.data);
    if (event.event === "status") return data;
  }
}
