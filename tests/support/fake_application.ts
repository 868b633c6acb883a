/** What the application was asked. */
export interface Question {
  readonly method: string;
  /** The path and the query. */
  readonly target: string;
  /** All headers but those of the connection: `host` and `connection`. */
  readonly headers: Record<string, string>;
}

/** An application that answers `--auth-url`. */
export interface FakeApplication extends AsyncDisposable {
  readonly url: string;
  readonly questions: Question[];
  /** How many questions there were at once at most. */
  readonly mostAtOnce: number;
}

/** Starts an application on a free port. */
export function fakeApplication(
  answer: (request: Request) => Response | Promise<Response>,
): FakeApplication {
  const questions: Question[] = [];
  let [now, most] = [0, 0];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const { host: _, connection: __, ...headers } = Object.fromEntries(
        request.headers,
      );
      questions.push({
        method: request.method,
        target: pathname + search,
        headers,
      });
      most = Math.max(most, ++now);
      try {
        return await answer(request);
      } finally {
        now--;
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/auth`,
    questions,
    get mostAtOnce() {
      return most;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
