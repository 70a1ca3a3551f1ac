/**
 * Certificates for tests of TLS: an authority of their own, and what it has signed.
 *
 * @module
 */
import { temporaryFolder } from "./lobby.ts";
import { findFile, ignoreWithout, programFolders } from "./programs.ts";

/** What each certificate is for, and for how many days from now. */
const KINDS = {
  good: { names: "DNS:localhost,IP:127.0.0.1", days: 1 },
  expired: { names: "DNS:localhost,IP:127.0.0.1", days: -1 },
  foreign: { names: "DNS:elsewhere.example", days: 1 },
} as const;

/** PEM files in a folder that goes when this is disposed. */
export interface Certificates extends AsyncDisposable {
  /** The authority's path. */
  readonly ca: string;
  /** The paths of a certificate and its key. */
  of(kind: keyof typeof KINDS): { readonly cert: string; readonly key: string };
}

/** Returns whether tests that need certificates must be ignored here, and says so. */
export function ignoreWithoutOpenssl(): boolean {
  return ignoreWithout({
    what: "OpenSSL",
    isThere: findFile(programFolders(), "openssl") !== undefined,
    install: "openssl",
  });
}

/** Makes them, with the program `openssl`. */
export async function makeCertificates(): Promise<Certificates> {
  await using stack = new AsyncDisposableStack();
  const { path: cwd } = stack.use(await temporaryFolder());
  const openssl = async (words: string) => {
    const command = new Deno.Command("openssl", {
      cwd,
      args: words.split(" "),
    });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  const fresh = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  await openssl(`req -x509 ${fresh} -keyout ca.key -out ca.pem -subj /CN=Ours`);
  for (const [kind, { names, days }] of Object.entries(KINDS)) {
    await Deno.writeTextFile(`${cwd}/names`, `subjectAltName=${names}`);
    await openssl(
      `req ${fresh} -keyout ${kind}.key -out ${kind}.csr -subj /CN=${kind}`,
    );
    await openssl(
      `x509 -req -in ${kind}.csr -CA ca.pem -CAkey ca.key -CAcreateserial ` +
        `-days ${days} -extfile names -out ${kind}.pem`,
    );
  }
  const moved = stack.move();
  return {
    ca: `${cwd}/ca.pem`,
    of: (kind) => ({ cert: `${cwd}/${kind}.pem`, key: `${cwd}/${kind}.key` }),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
