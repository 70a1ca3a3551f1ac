/**
 * The system's Chromium for tests of the page, driven by playwright-core.
 *
 * A test file has one, in which each test has profiles of its own: starting it is paid once.
 *
 * @module
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { findFile, ignoreWithout } from "./programs.ts";

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

/** The pages of one test, and what they complained of. Disposal closes them. */
export interface TestBrowser extends AsyncDisposable {
  /** Opens a page of its own profile and waits until it has loaded. */
  open(
    url: string,
    viewport?: { readonly width: number; readonly height: number },
  ): Promise<Page>;
  /** Errors on the console and uncaught ones, violations of the content policy among them. */
  readonly problems: readonly string[];
}

/** Of this test file, once its first test begins. */
let shared: Browser;
let isMissing: boolean | undefined;

/** Registers a test with pages; it is ignored, aloud, where there is no Chromium. */
export function test(
  name: string,
  run: (browser: TestBrowser, test: Deno.TestContext) => Promise<void>,
  { ignore = false }: { readonly ignore?: boolean } = {},
): void {
  isMissing ??= share();
  Deno.test({
    name,
    ignore: ignore || isMissing,
    // Playwright goes on listening to a browser that outlives the test.
    sanitizeOps: false,
    fn: async (test) => {
      await using browser = attend(shared);
      await run(browser, test);
    },
  });
}

/** Sees to it that the file has a Chromium; returns whether there is none. */
function share(): boolean {
  const isMissing = ignoreWithout({
    what: "a browser",
    isThere: findChromium() !== undefined,
    install: "chromium",
  });
  if (isMissing) return true;
  Deno.test.beforeAll(async () => {
    shared = await launch();
  });
  // Where it could not be started, that has been said.
  Deno.test.afterAll(async () => await shared?.close());
  return false;
}

/** Starts a Chromium for one test, or for what is no test; disposal ends it. */
export async function launchBrowser(
  args: readonly string[] = [],
): Promise<TestBrowser> {
  const browser = await launch(args);
  return {
    ...attend(browser),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function launch(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    const names = NAMES.join(", ");
    throw new Error(
      `Cannot test the page: none of ${names} is in /usr/bin. ` +
        "Install one (Debian: sudo apt install chromium)",
    );
  }
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...args] });
}

function findChromium(): string | undefined {
  return NAMES.map((name) => findFile(["/usr/bin"], name))
    .find((path) => path !== undefined);
}

function attend(browser: Browser): TestBrowser {
  const problems: string[] = [];
  const contexts = new AsyncDisposableStack();
  return {
    problems,
    async open(url, viewport = { width: 1280, height: 720 }) {
      const context = await browser.newContext({ viewport });
      contexts.defer(() => context.close());
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    [Symbol.asyncDispose]: () => contexts.disposeAsync(),
  };
}
