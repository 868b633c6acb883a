import { JournalAddressError } from "../journal.ts";
import type { RedisAddress } from "./address.ts";
import { RedisConnection } from "./connection.ts";
import type { RedisError } from "./error.ts";

/** The names of what Redis refuses, where its code says less. */
const WRONG = /\b(AUTH|DB index|SELECT)\b/;

/**
 * Connects once, to find out whether Redis takes the user, the password and the database. A Redis that is away, or
 * refuses for another reason, passes the check.
 *
 * @throws {JournalAddressError} Redis does not take them.
 */
export async function checkAddress(address: RedisAddress): Promise<void> {
  const attempt = Promise.withResolvers<RedisError | undefined>();
  await using _connection = new RedisConnection(
    address,
    // Where no password was sent, connecting alone may have been refused nothing yet.
    (ask) => ask((client) => client.ping()),
    attempt.resolve,
  );
  const failure = await attempt.promise;
  // A failure without a code is no refusal.
  if (!failure?.code) return;
  const { code, reason } = failure;
  if (code === "WRONGPASS" || code === "NOAUTH" || WRONG.test(reason)) {
    const { host, port } = address;
    throw new JournalAddressError(
      `cannot use the Redis at ${host} port ${port}: ${reason}`,
    );
  }
}
