/**
 * Opens the lobby's port, and says under which addresses others reach it.
 *
 * @module
 */
import { NetworkError } from "./network_error.ts";

/**
 * Listens for connections; port 0 lets the system choose.
 *
 * @throws NetworkError when that isn't possible.
 */
export function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (cause) {
    const why = explain(cause, port);
    throw new NetworkError(`Cannot listen on ${hostname}:${port}: ${why}`, {
      cause,
    });
  }
}

/**
 * Returns the addresses at which other machines may reach what listens on `hostname`, the likeliest
 * first: those of all networks for 0.0.0.0 and ::, else `hostname` itself.
 */
export function reachableAddresses(hostname: string): readonly string[] {
  if (hostname !== "0.0.0.0" && hostname !== "::") return [hostname];
  const all = Deno.networkInterfaces().filter(({ address, scopeid }) =>
    !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address) && !scopeid
  );
  const version4 = all.filter(({ family }) => family === "IPv4");
  const version6 = hostname === "::"
    ? all.filter(({ family }) => family === "IPv6")
    : [];
  return [...version4, ...version6].map(({ address }) => address);
}

function explain(cause: unknown, port: number): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `another program uses port ${port}. Stop it, or choose another port.`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return "the system doesn't allow it. Choose a port above 1023.";
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address. Listen on 0.0.0.0 for all it has.";
  }
  return cause instanceof Error ? cause.message : String(cause);
}
