/**
 * Opens a TCP connection to a lobby, or says in a sentence for a person why that failed.
 *
 * @module
 */
import { messageOf, NetworkError } from "./network_error.ts";

/** Where a lobby listens. */
export interface LobbyAddress {
  readonly hostname: string;
  readonly port: number;
}

/** How long connecting may take; a network that works answers sooner, even around the globe. */
const DIAL_TIMEOUT_MS = 5_000;

/**
 * Opens a connection that sends small writes at once (no Nagle delay). The caller owns it.
 *
 * @throws NetworkError when the lobby can't be reached; the signal's reason when it aborts.
 */
export async function dial(
  { hostname, port, signal }: LobbyAddress & { readonly signal: AbortSignal },
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timer = setTimeout(abort, DIAL_TIMEOUT_MS);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const conn = await Deno.connect({ hostname, port, signal: attempt.signal });
    conn.setNoDelay(true);
    return conn;
  } catch (cause) {
    signal.throwIfAborted();
    const why = explain(cause, {
      hostname,
      port,
      timedOut: attempt.signal.aborted,
    });
    throw new NetworkError(why, { cause });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

function explain(
  cause: unknown,
  { hostname, port, timedOut }: LobbyAddress & { readonly timedOut: boolean },
): string {
  const what = `Cannot connect to the lobby at ${hostname}:${port}: `;
  if (timedOut) {
    return what + "nothing answers. Either a firewall on that machine blocks " +
      `port ${port}, or the two machines are in different networks, or no lobby ` +
      "runs there (check the address).";
  }
  if (cause instanceof Deno.errors.ConnectionRefused) {
    return what + "the machine answers, but no lobby listens there. " +
      "Start one on it, or check the port.";
  }
  const said = messageOf(cause);
  return what + `${said}. Check the address and the network.`;
}
