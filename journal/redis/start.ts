import { JournalAddressError } from "../journal.ts";
import type { RedisAddress } from "./address.ts";
import { RedisConnection } from "./connection.ts";
import type { RedisError } from "./error.ts";

/** Names what Redis refuses, where its code does not. */
const WRONG = /\b(AUTH|DB index|SELECT)\b/;

/**
 * Connects once, to find out whether Redis takes the user, the password and the database. A Redis that is away, or
 * refuses anything else, is none of this.
 *
 * @throws {JournalAddressError} where it does not.
 */
export async function checkAddress(address: RedisAddress): Promise<void> {
  const attempt = Promise.withResolvers<RedisError | undefined>();
  await using _connection = new RedisConnection(
    address,
    // Without a password, nothing may have been refused yet.
    (send) => send(["PING"]),
    attempt.resolve,
  );
  const failure = await attempt.promise;
  // Without a code, it is no refusal.
  if (!failure?.code) return;
  const { code, reason } = failure;
  if (code === "WRONGPASS" || code === "NOAUTH" || WRONG.test(reason)) {
    const { host, port } = address;
    throw new JournalAddressError(
      `cannot use the Redis at ${host} port ${port}: ${reason}`,
    );
  }
}
