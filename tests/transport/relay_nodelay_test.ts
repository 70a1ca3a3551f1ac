import { expect } from "@std/expect";
import { startLobby } from "../../lobby.ts";
import { joinLobby } from "../../net/lobby/seat.ts";
import { openRelay } from "../../net/transport/relay.ts";
import { nextPacket } from "../support/transport_contract.ts";
import { CAN_READ_NODELAY, nodelayOf } from "./nodelay.ts";

Deno.test({
  name: "relay turns Nagle's algorithm off at both ends of each connection",
  ignore: !CAN_READ_NODELAY,
  fn: async () => {
    await using stack = new AsyncDisposableStack();
    const stop = new AbortController();
    stack.defer(() => stop.abort());
    const { signal } = stop;
    const hostname = "127.0.0.1";
    const lobby = await startLobby({ hostname, port: 0, signal });
    stack.use(lobby);
    const address = { hostname, port: lobby.port, signal };
    const open = async (name: string) => {
      const seat = await joinLobby({ ...address, join: { name } });
      stack.use(seat);
      return seat;
    };
    const seats = [await open("Ann"), await open("Bob")];
    const [ann, bob] = await Promise.all(seats.map(async (seat) => {
      let event = await seat.next();
      while (event.kind === "roster") event = await seat.next();
      if (event.kind !== "start") throw new Error(`Got ${event.kind}`);
      const { token } = event.start;
      const transport = await openRelay({ ...address, token });
      return stack.use(transport);
    }));
    ann.send(Uint8Array.of(1));
    await nextPacket(bob);

    const options = nodelayOf(lobby.port);

    // Two players, a control and a relay connection each, both ends in this process.
    expect(options.length).toBe(8);
    expect(options).not.toContain(false);
  },
});
