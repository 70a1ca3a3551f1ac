/**
 * Tells where the page is that a command serves.
 *
 * @module
 */
import { openBrowser } from "../page/browser.ts";
import type { PageAddresses } from "../page/process_page.ts";
import { print } from "./output.ts";

/** Returns what says where a page is and, where that is wanted, opens it. */
export function announce(
  { open, what = "Open this in your browser" }: {
    readonly open: boolean;
    readonly what?: string;
  },
): (page: PageAddresses) => void {
  return ({ url, openUrl, lanUrl }) => {
    print(`${what}: ${url}`);
    if (lanUrl) {
      print(`on your phone, and for whoever has this address: ${lanUrl}`);
    }
    // Whether a browser opened or not, the address stands above.
    if (open) openBrowser(openUrl);
  };
}
