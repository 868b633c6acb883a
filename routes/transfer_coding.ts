import { HttpError } from "./http_error.ts";

/**
 * Checks that `Deno.serve` can decode the body: it decodes `chunked`, and leaves other codings in place.
 * https://www.rfc-editor.org/rfc/rfc9112#section-6.1
 *
 * @throws {HttpError} 501 for any other coding.
 */
export function checkTransferCoding({ headers }: Request): void {
  const coding = headers.get("transfer-encoding") ?? "chunked";
  if (/^chunked$/i.test(coding)) return;
  throw new HttpError(
    501,
    `Cannot decode the transfer coding ${
      JSON.stringify(coding)
    }: it must be chunked`,
  );
}
