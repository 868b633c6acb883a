import { assertEquals } from "@std/assert";

/** Asserts that a response is a problem document: https://www.rfc-editor.org/rfc/rfc9457 */
export async function assertProblem(
  response: Response,
  status: number,
  detail: string,
): Promise<void> {
  assertEquals(response.status, status);
  assertEquals(
    response.headers.get("content-type"),
    "application/problem+json",
  );
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  const problem = await response.json();
  assertEquals(problem.status, status);
  assertEquals(problem.detail, detail);
}
