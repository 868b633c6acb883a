import { djangoPython } from "../support/django.ts";
import { freePort } from "../support/free_port.ts";
import { succeeds } from "../support/succeeds.ts";
import { blocksOf } from "./snippets.ts";

/** A program of docs/publish.md, and how it is run. */
export interface Program {
  /** Its heading on the page. */
  readonly heading: string;
  /** Why it cannot be run here; `undefined` if it can. */
  readonly missing: string | undefined;
  /** Its files, by name: those of the page, and what runs them. */
  readonly files: Readonly<Record<string, string>>;
  /** The command that runs it, in the folder of its files. */
  readonly command: readonly string[];
  /** What it publishes. Default: `Hello` on `news`. */
  readonly published?: { readonly channel: string; readonly data: string };
  /** Whether it goes on after a message that could not be published. */
  readonly goesOn?: boolean;
}

/** The programs of one block: the heading, the file's name, what runs it, and what succeeds where that is installed. */
const ALONE = [
  ["Python", "hello.py", "python3", "python3 -V"],
  ["Go", "hello.go", "go run", "go version"],
  ["PHP", "hello.php", "php -d display_errors=stderr", "php -v"],
  ["Ruby", "hello.rb", "ruby", "ruby -v"],
  ["Java", "Publish.java", "java", "javac -version"],
  ["JavaScript", "hello.mjs", "node", "node -v"],
  ["Shell", "hello.sh", "sh", "curl --version"],
] as const;

function alone(): Promise<Program>[] {
  return ALONE.map(async ([heading, file, command, probe]) => ({
    heading,
    missing: await missing(heading, ...probe.split(" ")),
    files: { [file]: blocksOf(heading)[0]! },
    command: [...command.split(" "), file],
  }));
}

/** Says that something is missing, unless the command succeeds. */
async function missing(
  name: string,
  ...[program, ...args]: string[]
): Promise<string | undefined> {
  return await succeeds(program!, ...args) ? undefined : `no ${name}`;
}

async function django(): Promise<Program> {
  const heading = "Django's group_send";
  const [layer, settings, call] = blocksOf(heading);
  const python = djangoPython ?? "python3";
  return {
    heading,
    missing: await missing("Channels", python, "-c", "import channels"),
    files: {
      "mysite/publishing.py": blocksOf("Python")[0]!,
      "mysite/chime.py": layer!,
      "mysite/settings.py": settings!,
      "call.py": call!,
    },
    command: [
      ...["env", "DJANGO_SETTINGS_MODULE=mysite.settings", python, "call.py"],
    ],
    published: {
      channel: "news",
      data: '{"type": "news.item", "text": "Hello"}',
    },
  };
}

/** Gives Action Cable its configuration, as Rails does. */
const CABLE = `
require "active_support/all"
require "action_cable"
require "logger"
require "yaml"
ActionCable.server.config.cable = YAML.load_file("cable.yml")["production"]
ActionCable.server.config.logger = Logger.new($stderr, level: :warn)
`;

async function rails(): Promise<Program> {
  const heading = "Rails' broadcast";
  const [adapter, cable, call] = blocksOf(heading);
  return {
    heading,
    missing: await missing(
      ...["Action Cable", "ruby", "-e", "require 'action_cable'"] as const,
    ),
    files: {
      "lib/publishing.rb": blocksOf("Ruby")[0]!,
      "lib/action_cable/subscription_adapter/chime.rb": adapter!,
      "cable.yml": cable!,
      "call.rb": CABLE + call,
    },
    command: ["ruby", "-I", "lib", "call.rb"],
    published: { channel: "news", data: '{"text":"Hello"}' },
  };
}

/** Runs the line beside a broker of its own, which has one message for it. */
async function mqtt(): Promise<Program> {
  const heading = "MQTT";
  const port = `${freePort()}`;
  const channel = "sensors/kitchen";
  // It ends after its first message.
  const line = blocksOf(heading)[0]!
    .replace("mosquitto_sub", `mosquitto_sub -C 1 -p ${port}`);
  return {
    heading,
    missing: await missing(
      ...["mosquitto and mosquitto-clients", "sh", "-c"] as const,
      "command -v mosquitto && command -v mosquitto_sub",
    ),
    files: {
      "line.sh": line,
      "broker.sh": `
mosquitto -p ${port} & broker=$!
trap 'kill $broker; wait' EXIT
until mosquitto_pub -p ${port} -t ${channel} -r -m Hello 2>/dev/null; do
  sleep 0.1
done
sh line.sh
`,
    },
    command: ["sh", "broker.sh"],
    published: { channel, data: "Hello" },
    goesOn: true,
  };
}

/** Every program of docs/publish.md. */
export const PROGRAMS: readonly Program[] = await Promise.all([
  ...alone(),
  mqtt(),
  django(),
  rails(),
]);
