import { PAGES, ROOT } from "./pages.ts";
import { succeeds } from "./succeeds.ts";
import { within } from "./within.ts";

/** Where a Python may be. `DJANGO_PYTHON` names one, as of a virtual environment; Debian's may not be the first one. */
const PYTHONS = [
  Deno.env.get("DJANGO_PYTHON") ?? [],
  ...["python3", "/usr/bin/python3"],
].flat();

/** A Python that has Django. */
export const djangoPython: string | undefined = await findPython();

async function findPython(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    if (await succeeds(python, "-c", "import django")) return python;
  }
  return undefined;
}

/** Whether Django can be run. */
export const hasDjango = djangoPython !== undefined;

/** Why a test is skipped, as a part of its name. */
export const NO_DJANGO = hasDjango
  ? ""
  : " (skipped: no Django; DJANGO_PYTHON may name a Python that has it)";

/** A site with the view that docs/access.md shows, and users whose names are their numbers. */
const SITE = new URL("tests/support/django_site.py", ROOT).pathname;

/** A Django site in a process of its own. */
export interface DjangoSite extends AsyncDisposable {
  readonly port: number;
  /** Its URL that answers Chime. */
  readonly authUrl: string;
  /** Logs a user in, and returns the cookie, such as `sessionid=…`. */
  logIn(user: number): Promise<string>;
  /** Logs out whoever has the cookie. */
  logOut(cookie: string): Promise<void>;
}

/**
 * Starts a Django site with the view that docs/access.md shows.
 *
 * @param options `--tls` where a proxy that ends TLS is in front of it.
 */
export async function startDjango(
  ...options: "--tls"[]
): Promise<DjangoSite> {
  const { text } = PAGES.find(({ name }) => name === "docs/access.md")!;
  const folder = await Deno.makeTempDir();
  const view = /\n```python\n([^`]*def chime_auth[^]*?)```/.exec(text)![1]!;
  await Deno.writeTextFile(`${folder}/views.py`, view);
  const child = new Deno.Command(djangoPython!, {
    args: [SITE, `${folder}/site.db`, ...options],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdout = child.stdout.getReader();
  const stop = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await stdout.cancel();
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const { value } = await within(stdout.read());
    const port = Number(new TextDecoder().decode(value));
    if (!port) throw new Error("Django does not start");
    const url = `http://127.0.0.1:${port}`;
    return {
      port,
      authUrl: `${url}/chime/auth`,
      async logIn(user) {
        const response = await fetch(`${url}/login/${user}`);
        await response.body?.cancel();
        const [pair] = response.headers.getSetCookie()
          .filter((cookie) => cookie.startsWith("sessionid="));
        return pair!.split(";")[0]!;
      },
      async logOut(cookie) {
        const response = await fetch(`${url}/logout`, { headers: { cookie } });
        await response.body?.cancel();
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
