import { assertEquals } from "@std/assert";
import { joinRights, missingFrom } from "../../access/rights.ts";
import { rightsOf } from "./grants.ts";

Deno.test("missingFrom lists the channels that no single right covers, of that action alone", () => {
  const list = [
    rightsOf({ subscribe: ["a.*"], publish: ["p"] }),
    rightsOf({ subscribe: ["b"], stop: ["s"] }),
  ];
  const asked = ["a.1", "b", "c", "p", "s", "a.*", "b.*", "*"];
  assertEquals(missingFrom(list, "subscribe", asked), [
    ...["c", "p", "s", "b.*", "*"],
  ]);
  assertEquals(
    missingFrom(list, "publish", asked),
    asked.filter((name) => name !== "p"),
  );
  assertEquals(
    missingFrom(list, "stop", asked),
    asked.filter((name) => name !== "s"),
  );
  assertEquals(missingFrom([], "subscribe", ["a"]), ["a"]);
  assertEquals(missingFrom([], "subscribe", []), []);
});

Deno.test("joinRights allows what any allows, for the first subject, until the first ends, made when the oldest was", () => {
  assertEquals(
    joinRights([
      rightsOf({ subscribe: ["a", "b"], expires: 9, issuedAt: 4 }),
      rightsOf({ subject: "u1", subscribe: ["b"], publish: ["p"], expires: 7 }),
      rightsOf({ subject: "u2", stop: ["s"], admin: true, issuedAt: 2 }),
    ]),
    rightsOf({
      subject: "u1",
      subscribe: ["a", "b"],
      publish: ["p"],
      stop: ["s"],
      admin: true,
      expires: 7,
      issuedAt: 2,
    }),
  );
  assertEquals(joinRights([]), rightsOf({}));
});
