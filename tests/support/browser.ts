/**
 * The system's Chromium for tests of the page, driven by playwright-core.
 *
 * @module
 */
import { type Browser, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Draws with the CPU, so that it runs anywhere, and doesn't call home. */
const ARGUMENTS = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A running browser, and what its pages complained of. Disposal closes it. */
export interface TestBrowser extends AsyncDisposable {
  /** Opens a page of its own profile and waits until it has loaded. */
  open(
    url: string,
    viewport?: { readonly width: number; readonly height: number },
  ): Promise<Page>;
  /** Errors on the console and uncaught ones, violations of the content policy among them. */
  readonly problems: readonly string[];
}

/**
 * Returns a browser, or `undefined` (and says so) where there is none.
 *
 * @throws {Error} There is none, and the environment has `CI=true`: there, nothing may be skipped.
 */
export async function launchBrowser(
  options: { readonly args?: readonly string[] } = {},
): Promise<TestBrowser | undefined> {
  const executablePath = await findChromium();
  if (executablePath === undefined) {
    const names = NAMES.join(", ");
    if (Deno.env.get("CI") === "true") {
      throw new Error(`Cannot test the page: none of ${names} is installed.`);
    }
    const line = `Skipped: none of ${names} is installed in /usr/bin.\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
    return undefined;
  }
  const browser = await chromium.launch({
    executablePath,
    args: [...ARGUMENTS, ...options.args ?? []],
  });
  return attend(browser);
}

async function findChromium(): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = `/usr/bin/${name}`;
    try {
      await Deno.stat(path);
      return path;
    } catch {
      // Not this one: the next name is tried.
    }
  }
  return undefined;
}

function attend(browser: Browser): TestBrowser {
  const problems: string[] = [];
  return {
    problems,
    async open(url, viewport = { width: 1280, height: 720 }) {
      const page = await browser.newPage({ viewport });
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
