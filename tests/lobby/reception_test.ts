// Who is let in by the lobby, over wires in memory: so many in all and from one address.
import { expect } from "@std/expect";
import { EventQueue } from "../../net/lobby/event_queue.ts";
import { Reception } from "../../net/lobby_server/reception.ts";
import { RawClient } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { WireEnd } from "../support/wire.ts";

/** A reception whose connections last until `leave`. */
function open(connections: number, connectionsPerAddress: number) {
  const time = new VirtualTime();
  const arriving = new EventQueue<WireEnd | Error>();
  const served: (() => void)[] = [];
  const closed: string[] = [];
  const listener = {
    async accept() {
      const next = await arriving.next();
      if (next instanceof WireEnd) return next.conn;
      throw next;
    },
    close() {
      closed.push("listener");
      arriving.push(new Error("closed"));
    },
  } as unknown as Deno.TcpListener; // All that the reception uses of one.
  const reception = new Reception({
    ...{ listener, limits: { connections, connectionsPerAddress } },
    serve: (conn) =>
      new Promise((resolve) => {
        served.push(() => {
          conn.close();
          resolve();
        });
      }),
  });
  const come = async (...hostnames: string[]): Promise<WireEnd[]> => {
    const ends = hostnames.map((hostname) => {
      const [near, far] = WireEnd.pair();
      near.remoteAddr = { hostname };
      arriving.push(near);
      return far;
    });
    await time.settle();
    return ends;
  };
  return {
    ...{ time, reception, served, closed, come },
    fail: () => arriving.push(new Error("no more files")),
    async leave(...indices: number[]): Promise<void> {
      for (const index of indices) served[index]();
      await time.settle();
    },
    /** What somebody is told who comes and is turned away. */
    async refusalOf(hostname: string): Promise<string> {
      const [far] = await come(hostname);
      using client = new RawClient(far.conn);
      const { code, message } = await client.message();
      expect(await client.line()).toBe(undefined);
      client.close();
      await time.settle();
      return `${code}: ${message}`;
    },
    async [Symbol.asyncDispose]() {
      if (closed.length === 0) reception.stop();
      await reception.empty();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("so many are let in in all and from one address, and as many again when they have left", async () => {
  await using opened = open(3, 2);
  const { reception, served, come, leave, refusalOf } = opened;
  await come("a", "a", "b");
  expect([served.length, reception.connections]).toEqual([3, 3]);

  expect(await refusalOf("c"))
    .toBe("lobby_full: The lobby is full. Try again later.");
  await leave(2);
  expect(await refusalOf("a")).toBe(
    "too_many_connections: Your address has 2 connections to the lobby " +
      "already. Close some of them.",
  );
  expect(reception.connections).toBe(2);
  await leave(0);
  await come("a");
  expect(await refusalOf("a")).toContain("has 2 connections");
  await leave(1, 3);
  await come("a", "a", "b");

  expect([served.length, reception.connections]).toEqual([7, 3]);
  await leave(4, 5, 6);
});

Deno.test("32 at a time are told why they are turned away, further ones are closed without a word", async () => {
  await using opened = open(0, 1);
  const { time, come, refusalOf } = opened;
  const turnedAway = await come(...new Array(33).fill("a"));

  const told = turnedAway.map((far) => far.take().length > 0);
  expect(told).toEqual([...new Array(32).fill(true), false]);
  turnedAway[0].close();
  await time.settle();
  expect(await refusalOf("a")).toContain("lobby_full");
  await time.pass(250);
});

Deno.test("what the system can't accept now is accepted 100 ms later", async () => {
  await using opened = open(9, 9);
  const { time, served, come, fail, leave } = opened;
  fail();
  await come("a");
  await time.pass(99);
  expect(served.length).toBe(0);

  await time.pass(1);

  expect(served.length).toBe(1);
  await leave(0);
});

Deno.test("a reception is empty once it is stopped and all have left", async () => {
  await using opened = open(9, 9);
  const { time, reception, closed, come, leave } = opened;
  await come("a");

  reception.stop();
  void reception.empty().then(() => closed.push("reception"));

  await time.settle();
  expect(closed).toEqual(["listener"]);
  await leave(0);
  expect(closed).toEqual(["listener", "reception"]);
});
