import { STATUS_TEXT } from "@std/http/status";

/** A request is answered with an error status. The message is shown to the client. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #members: Readonly<Record<string, unknown>>;

  /**
   * @param detail The message: it names the value and the rule.
   * @param members Members of the answer besides those of every problem.
   */
  constructor(
    status: number,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
    this.status = status;
    this.headers = headers;
    this.#members = members;
  }

  /**
   * Makes the response, of type `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457
   *
   * @param requestId Shown where the server failed, so that the client can name it to whoever has the log.
   */
  toResponse(requestId: string): Response {
    const { status, message: detail, headers } = this;
    const title = STATUS_TEXT[status] ?? "Error";
    const problem = {
      title,
      status,
      detail,
      ...this.#members,
      ...(status >= 500 && { requestId }),
    };
    return new Response(JSON.stringify(problem) + "\n", {
      status,
      headers: { ...headers, "content-type": "application/problem+json" },
    });
  }
}
