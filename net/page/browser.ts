/**
 * Opens an address in the user's browser.
 *
 * @module
 */

const OPENERS: Readonly<Partial<Record<typeof Deno.build.os, string[]>>> = {
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Returns whether a browser could be asked to open `url`, which everybody on the machine can read
 * in the arguments of the programs that do it; it may still take a while to appear.
 */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...words] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const { success } = await new Deno.Command(program, {
      args: [...words, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // No such program: the address was printed, and that is enough.
  }
}
