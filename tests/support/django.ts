import { PAGES } from "./pages.ts";
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
    const hasDjango = await new Deno.Command(python, {
      args: ["-c", "import django"],
      stderr: "null",
    }).output().then(({ success }) => success, () => false);
    if (hasDjango) return python;
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
const SITE = `
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from views import chime_auth


def log_in(request, pk):
    login(request, User.objects.get(pk=pk), "django.contrib.auth.backends.ModelBackend")
    return HttpResponse("<!doctype html><title>The site</title>")


def log_out(request):
    logout(request)
    return HttpResponse("bye")


urlpatterns = [
    path("chime/auth", chime_auth),
    path("login/<int:pk>", log_in),
    path("logout", log_out),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


call_command("migrate", verbosity=0)
for pk in (42, 43):
    User.objects.create(pk=pk, username=str(pk))
server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Handler)
print(server.server_port, flush=True)
server.serve_forever()
`;

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

/** Starts a Django site with the view that docs/access.md shows. */
export async function startDjango(): Promise<DjangoSite> {
  const { text } = PAGES.find(({ name }) => name === "docs/access.md")!;
  const folder = await Deno.makeTempDir();
  const view = /\n```python\n([^`]*def chime_auth[^]*?)```/.exec(text)![1]!;
  await Deno.writeTextFile(`${folder}/views.py`, view);
  await Deno.writeTextFile(`${folder}/site_of_tests.py`, SITE);
  const child = new Deno.Command(djangoPython!, {
    args: ["site_of_tests.py", `${folder}/site.db`],
    cwd: folder,
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
