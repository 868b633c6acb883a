import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { readFlags, whyUnreachable } from "../../tools/compile.ts";

/** Returns the message of `deno compile` when it cannot get the runtime. */
function failure(...causes: string[]): string {
  const lines = causes.map((cause, i) => `    ${i}: ${cause}`);
  return `error: Writing the executable\n\nCaused by:\n${lines.join("\n")}`;
}

const BASE = "Setting up base binary.";

Deno.test("whyUnreachable finds the cause where the host gave no answer", () => {
  const cause =
    "error sending request for url (https://example.com/denort.zip): client error (Connect): dns error";
  assertEquals(whyUnreachable(failure(BASE, cause, "dns error")), cause);
  for (const status of [403, 407, 451, 502, 503, 504]) {
    const cause = `Bad response: ${status}`;
    assertEquals(whyUnreachable(failure(BASE, cause)), cause);
  }
});

Deno.test("whyUnreachable finds none where compiling failed for another reason", () => {
  for (
    const message of [
      failure(BASE, "Failed downloading 'https://example.com/'", "Not Found."),
      failure(BASE, "Bad response: 400"),
      failure(BASE, "error reading a body from connection"),
      failure("Could not find denort at '/denort'", "No such file"),
      failure("error sending request for url (https://example.com/a.ts)"),
      "TS2322 [ERROR]: Type 'string' is not assignable to type 'number'.",
    ]
  ) {
    assertEquals(whyUnreachable(message), undefined, message);
  }
});

Deno.test("readFlags compiles for this platform, to a file named after Chime", () => {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  assertEquals(readFlags([]), {
    target: Deno.build.target,
    output: `chime${suffix}`,
  });
});

Deno.test("readFlags takes a target and an output, and ends Windows' in .exe", () => {
  const linux = "aarch64-unknown-linux-gnu";
  const windows = "x86_64-pc-windows-msvc";
  assertEquals(readFlags(["--target", linux, "--output=out/a"]), {
    target: linux,
    output: "out/a",
  });
  assertEquals(readFlags(["--target", windows]).output, "chime.exe");
  for (const output of ["a", "a.exe"]) {
    const flags = readFlags(["--target", windows, "--output", output]);
    assertEquals(flags.output, "a.exe");
  }
});

Deno.test("readFlags refuses what it cannot use, in one line that names it", () => {
  const refused = {
    "--bogus": ["--bogus"],
    "'stray'": ["stray"],
    "--target <value>": ["--target"],
    "--output": ["--output", "--target"],
    '--target "pdp11": must be one of': ["--target", "pdp11"],
    '--output ""': ["--output", ""],
  };
  for (const [words, args] of Object.entries(refused)) {
    const error = assertThrows(() => readFlags(args), Error, words);
    assertEquals(error.message.split("\n").length, 1);
  }
});

Deno.test("compile.ts exits with 2 for a flag that it does not know", async () => {
  const tool = fileURLToPath(
    new URL("../../tools/compile.ts", import.meta.url),
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", tool, "--bogus"],
  }).output();
  assertEquals(code, 2);
  assertEquals(stdout.length, 0);
  assertMatch(new TextDecoder().decode(stderr), /^.*'--bogus'.*\n$/);
});
