import { assertEquals } from "@std/assert";
import document from "../../docs/openapi.json" with { type: "json" };
import { inProcess, TOKEN } from "../support/in_process.ts";

const { schemas } = document.components;
const { channels } = schemas.Channels.properties;
const [one, many, several] = schemas.Published.oneOf;

/** Asserts that a value has the members that a schema requires, and no others. */
function assertMembers(
  value: unknown,
  { required, properties }: { required: string[]; properties: object },
  optional: readonly string[] = [],
): void {
  assertEquals(Object.keys(value as object).toSorted(), required.toSorted());
  assertEquals(
    Object.keys(properties).toSorted(),
    [...required, ...optional].toSorted(),
  );
}

Deno.test("docs/openapi.json has the members of each document that Chime answers with", async () => {
  await using chime = inProcess();
  const published = await chime.publish("/sse/a", "1");
  assertMembers(await published.json(), one!);
  const lines = await chime.publish(
    "/sse/a",
    '{"data":""}',
    "application/x-ndjson",
  );
  assertMembers(await lines.json(), many!);
  const copies = await chime.publish("/sse/a,b", "1");
  assertMembers(await copies.json(), several!);

  const described = await (await chime.request("/channels?channel=a")).json();
  assertMembers(described, schemas.Channels);
  assertMembers(described.channels[0], channels.items);

  const polled = await (await chime.request("/sse/a?poll=1")).text();
  const polledLines = polled.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const [event, end] = [polledLines[0], polledLines.at(-1)];
  assertMembers(event, schemas.Envelope);
  assertMembers(end, schemas.PollEnd);

  const headers = { authorization: `Bearer ${TOKEN}` };
  const issued = await chime.request("/tickets", { method: "POST", headers });
  assertMembers(await issued.json(), schemas.Ticket);

  const optional = ["missing", "requestId"];
  const problem = await (await chime.request("/channels")).json();
  assertMembers(problem, schemas.Problem, optional);
});
