import puppeteer, { type Browser } from "puppeteer-core";

const INSTALLED = ["/usr/bin/firefox-esr", "firefox-esr", "firefox"];

/** Finds a Firefox that starts, and returns its path. Where none does, prints why and returns undefined. */
export async function findFirefox(): Promise<string | undefined> {
  const asked = Deno.env.get("FIREFOX");
  const reasons: string[] = [];
  for (const path of asked ? [asked, ...INSTALLED] : INSTALLED) {
    try {
      const { success, stderr } = await new Deno.Command(path, {
        args: ["--version"],
        stdin: "null",
      }).output();
      if (success) return path;
      reasons.push(`${path} failed: ${new TextDecoder().decode(stderr)}`);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  console.log(`No Firefox to test with:\n${reasons.join("\n")}`);
  return undefined;
}

/** Starts Firefox, without a window, and speaks WebDriver BiDi with it. Playwright needs a Firefox of its own. */
export function launchFirefox(path: string): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: path,
    headless: true,
  });
}
