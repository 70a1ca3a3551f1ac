/**
 * Addresses of computers: as URLs write them, and as limits count them, by who is behind them.
 *
 * @module
 */

/** Writes a host as a URL has it before a port: an IPv6 address in brackets. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Takes a host out of its brackets, if it has some. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** An IPv4 address, as a socket that takes IPv6 too says it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Of the eight groups of an IPv6 address, those that name a network and not a machine in it. */
const NETWORK_GROUPS = 4;

/**
 * Returns the name under which an address is counted: for IPv6 its network (/64), within which a
 * single machine can have as many addresses as it likes.
 */
export function networkOf(address: string): string {
  const plain = MAPPED.exec(address)?.[1] ?? address;
  if (!plain.includes(":")) return plain;
  const [head, tail] = plain.split("%")[0].split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [
    ...front,
    ...new Array(Math.max(0, zeros)).fill("0"),
    ...back,
  ];
  return groups.slice(0, NETWORK_GROUPS)
    .map((group) => parseInt(group, 16).toString(16)).join(":") + "::/64";
}
