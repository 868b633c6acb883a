import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AccessError,
  ForbiddenError,
  UnauthorizedError,
  UndecidedError,
} from "../../access/access_error.ts";
import { Gate } from "../../access/gate.ts";
import { parsePattern } from "../../events/pattern.ts";
import type {
  Asking,
  CredentialKind,
  CredentialReader,
  Grant,
  Need,
  RightsSource,
} from "../../access/source.ts";
import { askingWith, grantOf } from "./grants.ts";

/** Finds a credential in the header `x-<kind>`. */
function reader(kind: CredentialKind): CredentialReader {
  return ({ headers }) => {
    const text = headers.get(`x-${kind}`);
    return text === null ? undefined : { kind, text };
  };
}

const READERS = (["bearer", "cookie", "ticket"] as const).map(reader);

/** Knows credentials by their texts. */
function source(
  kinds: readonly CredentialKind[],
  known: Record<string, Grant | Error>,
): RightsSource {
  return {
    kinds,
    identify({ text }) {
      const found = known[text];
      if (found instanceof Error) throw found;
      return found;
    },
  };
}

const A = grantOf({ subscribe: ["a"], subject: "u1" });
const B = grantOf({ subscribe: ["b.*"], publish: ["b.*"] });
const WRONG = new UnauthorizedError("It is expired", { isWrong: true });

interface Parts {
  isPrivate?: string[];
  sources?: RightsSource[];
  answer?: Grant | Error;
}

/** A gate with an application that notes what it was asked. */
function gateWith({ isPrivate = ["*"], sources, answer }: Parts = {}) {
  const asked: Need[] = [];
  const gate = new Gate({
    isPrivate: isPrivate.map(parsePattern),
    readers: READERS,
    sources: sources ?? [
      source(["bearer", "cookie"], { a: A, wrong: WRONG }),
      source(["bearer"], { b: B }),
    ],
    application: answer && {
      ask(_asking, need) {
        asked.push(need);
        return answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve(answer);
      },
    },
  });
  const permit = async (
    headers: Record<string, string>,
    channels: string[],
    action: "subscribe" | "publish" | "stop" = "subscribe",
  ) => {
    const asking: Asking = askingWith(headers);
    return await gate.permit(
      asking,
      await gate.identify(asking),
      action,
      channels,
    );
  };
  return { gate, permit, asked };
}

Deno.test("Gate needs no right to subscribe to what no pattern makes private", async () => {
  const { permit } = gateWith({ isPrivate: ["user.*", "x"] });
  const { grants, need } = await permit({}, ["news", "user", "user:1", "x.y"]);
  assertEquals([grants, need.channels], [[], []]);
  for (const name of ["user.1", "x", "user.*", "user.1.*", "*"]) {
    const error = await assertRejects(
      () => permit({}, ["news", name]),
      UnauthorizedError,
      `Cannot subscribe to "${name}" without a token`,
    );
    assertEquals([error.missing, error.isWrong], [[name], false]);
  }
});

Deno.test("Gate needs a right for every other action, whatever is public", async () => {
  const { permit } = gateWith({ isPrivate: [] });
  await assertRejects(() => permit({}, ["b.1"], "publish"), UnauthorizedError);
  await assertRejects(() => permit({}, ["b.1"], "stop"), UnauthorizedError);
  const { need } = await permit({ "x-bearer": "b" }, ["b.1"], "publish");
  assertEquals(need, { action: "publish", channels: ["b.1"] });
  const error = await assertRejects(
    () => permit({ "x-bearer": "b" }, ["b.1"], "stop"),
    ForbiddenError,
    'Cannot stop "b.1": the credential has no right to',
  );
  assertEquals(error.missing, ["b.1"]);
});

Deno.test("Gate lists all that is missing, and nothing else", async () => {
  const { permit } = gateWith({ isPrivate: ["a", "b.*", "c"] });
  const error = await assertRejects(
    () => permit({ "x-bearer": "a" }, ["c", "a", "news", "b.1"]),
    ForbiddenError,
  );
  assertEquals(error.missing, ["c", "b.1"]);
});

Deno.test("Gate joins the rights of several credentials, in the order of its readers", async () => {
  const { permit } = gateWith();
  const { grants, need } = await permit(
    { "x-cookie": "a", "x-bearer": "b" },
    ["a", "b.1"],
  );
  assertEquals(grants, [B, A]);
  assertEquals(need, { action: "subscribe", channels: ["a", "b.1"] });
  // One right must cover a pattern whole.
  await permit({ "x-bearer": "b" }, ["b.*"]);
  await assertRejects(() => permit({ "x-bearer": "b" }, ["*"]), ForbiddenError);
});

Deno.test("Gate refuses a wrong credential, whatever else is sent and whatever is asked for", async () => {
  const { permit, asked } = gateWith({ isPrivate: [], answer: A });
  for (
    const headers of [
      { "x-bearer": "wrong" },
      { "x-bearer": "unknown" },
      { "x-bearer": "" },
      { "x-bearer": "b", "x-cookie": "wrong" },
      { "x-bearer": "wrong", "x-cookie": "a" },
      // Only the first source reads cookies.
      { "x-bearer": "a", "x-cookie": "b" },
    ] as Record<string, string>[]
  ) {
    const error = await assertRejects(
      () => permit(headers, ["news"]),
      UnauthorizedError,
    );
    assertEquals([error.isWrong, error.missing], [true, []]);
  }
  assertEquals(asked, []);
});

Deno.test("Gate never shows a credential", async () => {
  const { permit } = gateWith();
  const error = await assertRejects(
    () => permit({ "x-bearer": "s3cret" }, []),
    UnauthorizedError,
  );
  assertEquals(error.message.includes("s3cret"), false);
});

Deno.test("Gate leaves a credential that no source reads to the application", async () => {
  const { permit, asked } = gateWith({ sources: [], answer: A });
  await permit({ "x-bearer": "anything", "x-ticket": "t" }, ["a"]);
  assertEquals(asked.length, 1);
});

Deno.test("Gate asks the application once, for what is missing, and only then", async () => {
  const { permit, asked } = gateWith({ isPrivate: ["a", "b.*"], answer: A });
  await permit({}, ["news"]);
  await permit({ "x-bearer": "b" }, ["news", "b.1"]);
  assertEquals(asked, []);
  const { grants } = await permit({ "x-bearer": "b" }, ["a", "b.1", "news"]);
  assertEquals(grants, [B, A]);
  assertEquals(asked, [{ action: "subscribe", channels: ["a"] }]);
});

Deno.test("Gate refuses what the application does not allow, and lists it", async () => {
  const { permit } = gateWith({ answer: A });
  const error = await assertRejects(
    () => permit({}, ["a", "b.1"]),
    ForbiddenError,
  );
  assertEquals(error.missing, ["b.1"]);
  for (
    const answer of [
      new UndecidedError("It does not answer"),
      new UnauthorizedError("Log in", { isWrong: true }),
    ]
  ) {
    const { permit } = gateWith({ answer });
    assertEquals(
      await assertRejects(() => permit({}, ["a"]), AccessError),
      answer,
    );
  }
});

Deno.test("Gate.requireCredential refuses who sends no credential, unless the application may allow it", () => {
  const { gate } = gateWith();
  const error = assertThrows(
    () => gate.requireCredential([], "publish"),
    UnauthorizedError,
    "Cannot publish without a token: send it as Authorization: Bearer <token>",
  );
  assertEquals([error.isWrong, error.missing], [false, []]);
  gate.requireCredential([A], "publish");
  gateWith({ answer: A }).gate.requireCredential([], "publish");
});
