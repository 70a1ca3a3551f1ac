/**
 * Opens the lobby's port, and says under which addresses others reach it.
 *
 * @module
 */
import { messageOf, NetworkError } from "./network_error.ts";

/** All networks of this machine, IPv4 and IPv6, and all that a machine without IPv6 has. */
const EVERYWHERE = "::";
const EVERYWHERE_V4 = "0.0.0.0";

/** Bridges to containers and virtual machines on this machine: nobody else comes by them. */
const BRIDGE = /^(docker|br-|veth|virbr|lxcbr|lxdbr|cni|podman|vmnet|vboxnet)/;

/**
 * Listens for connections; port 0 lets the system choose. `::` takes IPv4, too, and is only that
 * where there is no IPv6.
 *
 * @throws NetworkError when that isn't possible.
 */
export function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (cause) {
    if (hostname === EVERYWHERE && isWithoutIPv6(cause)) {
      return listen(EVERYWHERE_V4, port);
    }
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
  if (hostname !== EVERYWHERE && hostname !== EVERYWHERE_V4) return [hostname];
  const all = Deno.networkInterfaces().filter(({ name, address, scopeid }) =>
    !BRIDGE.test(name) && !scopeid &&
    !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address)
  );
  const version4 = all.filter(({ family }) => family === "IPv4");
  const version6 = hostname === EVERYWHERE
    ? all.filter(({ family }) => family === "IPv6")
    : [];
  return [...version4, ...version6].map(({ address }) => address);
}

/** Whether the system knows no IPv6 at all, or has it switched off. */
function isWithoutIPv6(cause: unknown): boolean {
  return cause instanceof Deno.errors.AddrNotAvailable ||
    cause instanceof Error && "code" in cause && cause.code === "EAFNOSUPPORT";
}

function explain(cause: unknown, port: number): string {
  if (cause instanceof Deno.errors.AddrInUse) {
    return `another program uses port ${port}. Stop it, or choose another port.`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return "the system doesn't allow it. Choose a port above 1023.";
  }
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address. Listen on :: for all it has.";
  }
  return messageOf(cause);
}
