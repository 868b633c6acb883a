import { ErrorReply } from "@redis/client";
import { assertEquals } from "@std/assert";
import { RedisError, toRedisError } from "../../../journal/redis/error.ts";

function reason(message: string, password: string): string {
  return toRedisError(new ErrorReply(message), password).reason;
}

Deno.test("toRedisError masks a password wherever Redis repeats it", () => {
  assertEquals(reason("ERR heard AUTH=s3cret", "s3cret"), "ERR heard AUTH=***");
});

Deno.test("toRedisError masks a short password where it stands alone, and not inside words, which would show it", () => {
  const refused = "NOPERM this user has no permissions for a key";
  for (const password of ["e", "no", "NO", "a", "per", "has", "key"]) {
    assertEquals(reason(refused, password), refused, password);
    const heard = `ERR heard AUTH '${password}'`;
    const masked = ["no", "NO", "a", "has", "key"].includes(password)
      ? heard
      : "ERR heard AUTH '***'";
    assertEquals(reason(heard, password), masked, password);
  }
});

Deno.test("toRedisError leaves what Chime and the system say as it is", () => {
  const own = new RedisError("no answer for 4 s");
  assertEquals(toRedisError(own, "answer").reason, "no answer for 4 s");
  const system = new Error("connect ECONNREFUSED");
  assertEquals(toRedisError(system, "connect").reason, system.message);
});
