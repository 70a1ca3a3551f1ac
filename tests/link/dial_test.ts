// Connecting and listening: what a person is told when it doesn't work, and where others find us.
import { expect } from "@std/expect";
import { networkOf } from "../../net/link/address.ts";
import { dial } from "../../net/link/dial.ts";
import { listen, reachableAddresses } from "../../net/link/listen.ts";
import { NetworkError } from "../../net/link/network_error.ts";
import { FOREVER } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";

const LOBBY = { hostname: "10.0.0.5", port: 5555, signal: FOREVER };

/** Lets the system do something else until disposed. */
function pretend(
  name: "listen" | "networkInterfaces",
  instead: (...words: unknown[]) => unknown,
): Disposable {
  const real = Deno[name];
  Object.assign(Deno, { [name]: instead });
  return { [Symbol.dispose]: () => Object.assign(Deno, { [name]: real }) };
}

Deno.test("dial() sends small writes at once", async () => {
  using lobby = new FakeLobby();

  const conn = await dial(LOBBY);

  expect(lobby.dialled.length).toBe(1);
  expect(conn).toHaveProperty("hasNoDelay", true);
});

for (
  const [error, why] of [
    [new Deno.errors.ConnectionRefused(), "no lobby listens there"],
    [new Error("no route"), "no route. Check the address and the network."],
  ] as const
) {
  Deno.test(`dial() says where it failed, and "${why}"`, async () => {
    using lobby = new FakeLobby();
    lobby.refusal = error;

    const dialling = dial(LOBBY);

    await expect(dialling).rejects.toThrow(NetworkError);
    await expect(dialling).rejects
      .toThrow("Cannot connect to the lobby at 10.0.0.5:5555: ");
    await expect(dialling).rejects.toThrow(why);
  });
}

Deno.test("dial() gives up after 5 s without an answer, or when its signal aborts", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  lobby.isSilent = true;
  const stop = new AbortController();
  const failures: unknown[] = [];
  const note = (error: unknown) => void failures.push(error);
  dial(LOBBY).catch(note);
  dial({ ...LOBBY, signal: stop.signal }).catch(note);

  await time.pass(4_999);
  expect(failures).toEqual([]);
  stop.abort("enough");
  await time.pass(1);

  expect(failures[0]).toBe("enough");
  expect(failures[1]).toBeInstanceOf(NetworkError);
  expect(String(failures[1])).toContain("blocks port 5555");
  await expect(dial({ ...LOBBY, signal: stop.signal })).rejects.toBe("enough");
  expect(lobby.dialled.length).toBe(0);
});

for (
  const [error, why] of [
    [new Deno.errors.AddrInUse(), "another program uses port 80."],
    [new Deno.errors.PermissionDenied(), "Choose a port above 1023."],
    [new Deno.errors.AddrNotAvailable(), "this machine has no such address."],
    [new Error("no"), "Cannot listen on 10.0.0.5:80: no"],
  ] as const
) {
  Deno.test(`listen() says "${why}"`, () => {
    using _failing = pretend("listen", () => {
      throw error;
    });

    expect(() => listen("10.0.0.5", 80)).toThrow(NetworkError);
    expect(() => listen("10.0.0.5", 80)).toThrow(why);
  });
}

Deno.test("all networks are those of IPv4 where there is no IPv6", () => {
  const unknown = Object.assign(new Error(), { code: "EAFNOSUPPORT" });
  for (const refusal of [new Deno.errors.AddrNotAvailable(), unknown]) {
    using _no6 = pretend("listen", (options) => {
      if ((options as Deno.ListenOptions).hostname === "::") throw refusal;
      return options;
    });
    expect(listen("::", 80)).toEqual({ hostname: "0.0.0.0", port: 80 });
  }
});

Deno.test("all networks are those of IPv4 and of IPv6, on one port", async () => {
  using listener = listen("::", 0);
  const { port } = listener.addr;
  const has = new Set(Deno.networkInterfaces().map(({ address }) => address));
  for (const hostname of ["127.0.0.1", "::1"].filter((it) => has.has(it))) {
    using _conn = await Deno.connect({ hostname, port });
    using accepted = await listener.accept();
    expect(networkOf(accepted.remoteAddr.hostname)).toBe(
      networkOf(hostname),
    );
  }
});

Deno.test("others reach all networks by the addresses that leave the machine, IPv4 first", () => {
  const interfaces = [
    ...[["fd00::7", "IPv6"], ["192.168.1.20", "IPv4"], ["127.0.0.1", "IPv4"]],
    ...[["169.254.3.4", "IPv4"], ["10.127.0.1", "IPv4"], ["::1", "IPv6"]],
    ...[["FE80::2", "IPv6"], ["fec0::1", "IPv6", 3], ["2001:db8::1", "IPv6"]],
    ...["docker0", "br-1f", "veth9", "virbr0", "lxdbr0", "cni0"]
      .map((name, i) => [`172.17.${i}.1`, "IPv4", null, name]),
  ].map(([address, family, scopeid = null, name = "eth0"]) => ({
    ...{ name, address, family, scopeid },
  }));
  using _interfaces = pretend("networkInterfaces", () => interfaces);

  const version4 = ["192.168.1.20", "10.127.0.1"];
  expect(reachableAddresses("0.0.0.0")).toEqual(version4);
  expect(reachableAddresses("::"))
    .toEqual([...version4, "fd00::7", "2001:db8::1"]);
  expect(reachableAddresses("127.0.0.1")).toEqual(["127.0.0.1"]);
});
