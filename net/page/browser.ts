/**
 * Opens an address in the user's browser.
 *
 * The browser lives on its own: it may be the very program that was asked, and stay for days. So
 * this process doesn't wait for it to end, and Ctrl-C, which is for this process, isn't for it.
 *
 * @module
 */

const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, string[]>>> = {
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Asks for `url` to be opened, which everybody on the machine can read in the arguments of the
 * programs that do it. Where no browser can be asked nothing happens.
 */
export function openBrowser(url: string): void {
  const [program, ...words] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    new Deno.Command(program, {
      args: [...words, url],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
      detached: true,
    }).spawn().unref();
  } catch {
    // No such program: the address was printed, and that is enough.
  }
}
