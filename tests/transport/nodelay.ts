/**
 * Asks the kernel whether this process's TCP sockets have TCP_NODELAY.
 *
 * Nagle's algorithm holds back a small packet while an earlier one is unacknowledged, which costs
 * up to 40 ms a packet; that the option was asked for somewhere in the code proves nothing. Linux
 * only: the sockets are found in `/proc/self/fd` and read through libc.
 *
 * @module
 */

/** Whether `nodelayOf` can work here. */
export const CAN_READ_NODELAY: boolean = Deno.build.os === "linux";

const AF_INET = 2;
const AF_INET6 = 10;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

/** Size of the largest socket address, `sockaddr_storage`, in bytes. */
const SOCKADDR_BYTES = 128;

/**
 * Returns, for each socket of this process that is connected to `port`, or was accepted there,
 * whether it has TCP_NODELAY.
 */
export function nodelayOf(port: number): readonly boolean[] {
  const libc = Deno.dlopen("libc.so.6", {
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getsockopt: {
      parameters: ["i32", "i32", "i32", "buffer", "buffer"],
      result: "i32",
    },
  });

  const portOf = (
    fd: number,
    end: "getpeername" | "getsockname",
  ): number | undefined => {
    const address = new DataView(new ArrayBuffer(SOCKADDR_BYTES));
    const length = Uint32Array.of(SOCKADDR_BYTES);
    if (libc.symbols[end](fd, address.buffer, length) !== 0) return undefined;
    // The family is in the machine's byte order, the port in the network's.
    const family = new Uint16Array(address.buffer)[0];
    return family === AF_INET || family === AF_INET6
      ? address.getUint16(2)
      : undefined;
  };

  const isConnected = (fd: number): boolean => {
    const peerPort = portOf(fd, "getpeername");
    return peerPort !== undefined &&
      (peerPort === port || portOf(fd, "getsockname") === port);
  };

  const hasNodelay = (fd: number): boolean => {
    const value = new Int32Array(1);
    const length = Uint32Array.of(value.byteLength);
    const failed = libc.symbols
      .getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, value, length);
    if (failed !== 0) throw new Error(`Cannot read TCP_NODELAY of fd ${fd}`);
    return value[0] !== 0;
  };

  try {
    return [...Deno.readDirSync("/proc/self/fd")]
      .map(({ name }) => Number(name))
      .filter(isConnected)
      .map(hasNodelay);
  } finally {
    libc.close();
  }
}
