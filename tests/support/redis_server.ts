import { createClient } from "@redis/client";
import { join } from "node:path";
import { freePort } from "./free_port.ts";

/** Why no Redis can be started here; `undefined` if one can. */
export const redisMissing: string | undefined = (() => {
  try {
    new Deno.Command("redis-server", { args: ["--version"], stdout: "null" })
      .outputSync();
    return undefined;
  } catch {
    return "redis-server is not installed";
  }
})();

/** Options for a {@linkcode RedisServer}. */
export interface RedisServerOptions {
  /** Whether it keeps its data over a restart. */
  isDurable?: boolean;
  /**
   * Whether it speaks TLS. Its certificate is for `127.0.0.1` and `localhost`, and {@linkcode RedisServer.ca} is its
   * authority.
   */
  isSecure?: boolean;
  /** More settings, as on the command line. */
  settings?: readonly string[];
}

/** A real Redis on a free port, in a folder of its own. It can be stopped and started again. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  #process: Deno.ChildProcess | undefined;
  #drained: Promise<void> | undefined;

  private constructor(
    port: number,
    folder: string,
    options: RedisServerOptions,
  ) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** Prepares a server without starting it. */
  static async prepare(options: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = await Deno.makeTempDir({ prefix: "chime-redis-" });
    const server = new RedisServer(freePort(), folder, options);
    if (options.isSecure) await server.#makeCertificate();
    return server;
  }

  /** Starts a server, and resolves when it can be used. */
  static async start(options?: RedisServerOptions): Promise<RedisServer> {
    const server = await RedisServer.prepare(options);
    await server.start();
    return server;
  }

  get url(): string {
    const scheme = this.#options.isSecure ? "rediss" : "redis";
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  /** Where its files are. */
  get folder(): string {
    return this.#folder;
  }

  /** The file with the certificate of the server's authority. */
  get ca(): string {
    return join(this.#folder, "cert.pem");
  }

  async start(): Promise<void> {
    const { isDurable, isSecure, settings = [] } = this.#options;
    const port = `${this.port}`;
    const process = new Deno.Command("redis-server", {
      args: [
        ...(isSecure
          ? [
            ...["--port", "0", "--tls-port", port, "--tls-auth-clients", "no"],
            ...["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"],
            ...["--tls-ca-cert-file", "cert.pem"],
          ]
          : ["--port", port]),
        ...["--bind", "127.0.0.1", "--save", ""],
        ...["--appendonly", isDurable ? "yes" : "no"],
        ...["--appendfsync", "always"],
        ...settings,
      ],
      cwd: this.#folder,
      stdout: "piped",
    }).spawn();
    this.#process = process;
    const ready = Promise.withResolvers<void>();
    this.#drained = (async () => {
      let output = "";
      for await (
        const text of process.stdout.pipeThrough(new TextDecoderStream())
      ) {
        output += text;
        if (output.includes("Ready to accept connections")) ready.resolve();
      }
      await process.status;
      ready.reject(new Error(`redis-server ended:\n${output}`));
    })();
    await ready.promise;
  }

  /** Ends it, by default in order, and resolves when it has ended. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    this.#process?.kill(signal);
    this.#process = undefined;
    await this.#drained;
  }

  /** Stops it from answering, while its connections stay open. */
  freeze(): void {
    this.#process!.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process!.kill("SIGCONT");
  }

  /** Runs one command as the default user. */
  command(...command: string[]): Promise<unknown> {
    return this.#command({}, command);
  }

  /** Runs one command as the default user, who has this password. */
  commandAs(password: string, ...command: string[]): Promise<unknown> {
    return this.#command({ password }, command);
  }

  async #command(
    credentials: { password?: string },
    command: string[],
  ): Promise<unknown> {
    const client = createClient({
      url: this.url,
      ...credentials,
      RESP: 2,
      maintNotifications: "disabled",
      commandOptions: { timeout: 0 },
    });
    await client.connect();
    try {
      return await client.sendCommand(command);
    } finally {
      await client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // SIGKILL also ends a frozen process.
    await this.stop("SIGKILL");
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #makeCertificate(): Promise<void> {
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "ec", "-days", "2", "-nodes"],
        ...["-pkeyopt", "ec_paramgen_curve:prime256v1"],
        ...["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=chime"],
        ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        // It is trusted itself, and not as an authority.
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ],
      cwd: this.#folder,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}
