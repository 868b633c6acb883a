import { join } from "node:path";
import { djangoPython } from "../support/django.ts";
import { freePort } from "../support/free_port.ts";
import { PAGES, ROOT } from "../support/pages.ts";
import { startServer } from "../support/server_process.ts";
import { startProgram } from "../support/start_program.ts";
import { succeeds } from "../support/succeeds.ts";

/** A site of `examples/`, with the users ada and bob, whose passwords are their names. */
export interface ExampleSite extends AsyncDisposable {
  /** Its URL, such as `http://127.0.0.1:41235/`. */
  readonly url: string;
}

/** Why the sites cannot be started here; `undefined` if they can. */
export const sitesMissing: string | undefined = djangoPython === undefined ||
    !await succeeds(djangoPython, "-c", "import channels, daphne")
  ? "no Python with Django, Channels and Daphne"
  : !await succeeds("nginx", "-v")
  ? "no nginx"
  : undefined;

const ADD_USERS = `
from django.contrib.auth.models import User
for name in ("ada", "bob"):
    User.objects.create_user(name, password=name)
`;

/** A copy of an example, with free ports in the place of its own. */
class Project implements AsyncDisposable {
  readonly ports = { 8000: freePort(), 8001: freePort(), 8080: freePort() };
  readonly folder: string;
  readonly env: Record<string, string>;

  private constructor(folder: string) {
    this.folder = folder;
    this.env = {
      CHIME_TOKEN: "secret",
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONPATH: folder,
    };
  }

  static async open(name: string): Promise<Project> {
    const folder = await Deno.makeTempDir({ prefix: "chime-example-" });
    await using stack = new AsyncDisposableStack();
    const project = stack.use(new Project(folder));
    await project.#copy(new URL(`examples/${name}/`, ROOT), folder);
    await project.#manage("migrate", "-v", "0");
    await project.#manage("shell", "-v", "0", "-c", ADD_USERS);
    stack.move();
    return project;
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports[8080]}/`;
  }

  /** The text with this copy's ports. */
  here(text: string): string {
    return text.replace(
      /(?<=127\.0\.0\.1:)(8000|8001|8080)\b/g,
      (port) => `${this.ports[Number(port) as keyof typeof this.ports]}`,
    );
  }

  async #copy(from: URL, to: string): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(from)) {
      // What a reader's own trial has left there.
      if (
        /^\.venv$|^__pycache__$|^db\.sqlite3$|^nginx\.pid$|^tmp$/.test(name)
      ) {
        continue;
      }
      const target = join(to, name);
      if (isDirectory) {
        await Deno.mkdir(target);
        await this.#copy(new URL(`${name}/`, from), target);
      } else {
        const text = await Deno.readTextFile(new URL(name, from));
        await Deno.writeTextFile(target, this.here(text));
      }
    }
  }

  async #manage(...args: string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command(djangoPython!, {
      args: [join(this.folder, "manage.py"), ...args],
      env: this.env,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Starts the site that sends its events itself. */
export async function startWithChannels(): Promise<ExampleSite> {
  await using stack = new AsyncDisposableStack();
  const project = stack.use(await Project.open("django-channels"));
  const port = project.ports[8080];
  const args = ["-m", "daphne", "-p", `${port}`, "notes.asgi:application"];
  stack.use(await startProgram(djangoPython!, args, [port], project.env));
  return siteOf(project, stack.move());
}

/** Starts the site with Chime, and the nginx that brings both below one origin. */
export async function startWithChime(): Promise<ExampleSite> {
  await using stack = new AsyncDisposableStack();
  const project = stack.use(await Project.open("django-chime"));
  const { ports: { 8000: chime, 8001: django, 8080: nginx }, folder, env } =
    project;
  const { text } = PAGES.find(({ name }) =>
    name === "docs/from-django-channels.md"
  )!;
  const [, options] = /^CHIME_TOKEN=secret deno task start (.*)$/m.exec(text)!;
  const asked = project.here(options!).replaceAll("'", "").split(" ");
  stack.use(
    await startServer(["--port", `${chime}`, "--token", "secret", ...asked]),
  );
  const manage = join(folder, "manage.py");
  const serve = [manage, "runserver", "--noreload", `${django}`];
  stack.use(await startProgram(djangoPython!, serve, [django], env));
  const proxy = [
    "-e",
    "stderr",
    "-p",
    folder,
    "-c",
    join(folder, "nginx.conf"),
  ];
  stack.use(await startProgram("nginx", proxy, [nginx]));
  return siteOf(project, stack.move());
}

function siteOf({ url }: Project, open: AsyncDisposableStack): ExampleSite {
  return { url, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
