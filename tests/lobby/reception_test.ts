/**
 * Who is let in by the lobby, over wires in memory: so many in all and from one address.
 *
 * @module
 */
import { expect } from "@std/expect";
import { Reception } from "../../net/lobby_server/reception.ts";
import { RawClient } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { WireEnd } from "../support/wire.ts";

/** A reception whose connections last until `leave`, and what comes to it. */
function open(connections: number, connectionsPerAddress: number) {
  const arriving: (WireEnd | Error)[] = [];
  let arrived = Promise.withResolvers<void>();
  const served: { readonly conn: Deno.TcpConn; readonly end: () => void }[] =
    [];
  let isClosed = false;
  const listener = {
    async accept() {
      while (arriving.length === 0) await arrived.promise;
      const next = arriving.shift();
      if (next instanceof WireEnd) return next.conn;
      throw next;
    },
    close() {
      isClosed = true;
      arriving.push(new Error("closed"));
      arrived.resolve();
    },
  } as unknown as Deno.TcpListener; // All that the reception uses of one.
  const reception = new Reception({
    ...{ listener, limits: { connections, connectionsPerAddress } },
    serve: (conn) =>
      new Promise((resolve) => {
        const end = () => {
          conn.close();
          resolve();
        };
        served.push({ conn, end });
      }),
  });
  const arrive = (next: WireEnd | Error) => {
    arriving.push(next);
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  return {
    ...{ reception, served },
    fail: (why: string) => arrive(new Error(why)),
    come(hostname: string): WireEnd {
      const [near, far] = WireEnd.pair();
      near.remoteAddr = { hostname };
      arrive(near);
      return far;
    },
    async leave(time: VirtualTime, index: number): Promise<void> {
      served[index].end();
      await time.settle();
    },
    isClosed: () => isClosed,
  };
}

/** What somebody is told who is turned away. */
async function refusalOf(time: VirtualTime, far: WireEnd): Promise<string> {
  await time.settle();
  const client = new RawClient(far.conn);
  const { code, message } = await client.message();
  expect(await client.line()).toBe(undefined);
  client.close();
  await time.settle();
  return `${code}: ${message}`;
}

Deno.test("so many are let in in all and from one address, and as many again when they have left", async () => {
  using time = new VirtualTime();
  const { reception, served, come, leave } = open(3, 2);
  for (const hostname of ["a", "a", "b"]) come(hostname);
  await time.settle();
  expect([served.length, reception.connections]).toEqual([3, 3]);

  expect(await refusalOf(time, come("c")))
    .toBe("lobby_full: The lobby is full. Try again later.");
  await leave(time, 2);
  expect(await refusalOf(time, come("a"))).toBe(
    "too_many_connections: Your address has 2 connections to the lobby " +
      "already. Close some of them.",
  );
  expect(reception.connections).toBe(2);
  await leave(time, 0);
  come("a");
  await time.settle();
  expect(await refusalOf(time, come("a"))).toContain("has 2 connections");
  for (const index of [1, 3]) await leave(time, index);
  for (const hostname of ["a", "a", "b"]) come(hostname);
  await time.settle();

  expect([served.length, reception.connections]).toEqual([7, 3]);
  reception.stop();
  for (const index of [4, 5, 6]) await leave(time, index);
  await reception.empty();
});

Deno.test("32 at a time are told why they are turned away, further ones are closed without a word", async () => {
  using time = new VirtualTime();
  const { reception, come } = open(0, 1);
  const turnedAway = Array.from({ length: 33 }, () => come("a"));
  await time.settle();

  const told = turnedAway.map((far) => far.take().length > 0);
  expect(told).toEqual([...new Array(32).fill(true), false]);
  turnedAway[0].close();
  await time.settle();
  expect(await refusalOf(time, come("a"))).toContain("lobby_full");
  await time.pass(250);
  reception.stop();
  await reception.empty();
});

Deno.test("what the system can't accept now is accepted 100 ms later", async () => {
  using time = new VirtualTime();
  const { reception, served, come, fail, leave } = open(9, 9);
  fail("no more files");
  come("a");
  await time.pass(99);
  expect(served.length).toBe(0);

  await time.pass(1);

  expect(served.length).toBe(1);
  await leave(time, 0);
  reception.stop();
  await reception.empty();
});

Deno.test("a reception is empty once it is stopped and all have left", async () => {
  using time = new VirtualTime();
  const { reception, come, leave, isClosed } = open(9, 9);
  come("a");
  await time.settle();
  let isEmpty = false;

  reception.stop();
  void reception.empty().then(() => isEmpty = true);

  await time.settle();
  expect([isEmpty, isClosed()]).toEqual([false, true]);
  await leave(time, 0);
  expect(isEmpty).toBe(true);
});
