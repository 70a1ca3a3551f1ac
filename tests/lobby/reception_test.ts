// Who is let in by the lobby, over wires in memory: so many in all and from one address.
import { expect } from "@std/expect";
import { EventQueue } from "../../net/lobby/event_queue.ts";
import { type Admission, Reception } from "../../net/lobby_server/reception.ts";
import { RawClient } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { WireEnd } from "../support/wire.ts";

const NO_LIMIT = { perSecond: 1e6, burst: 1e6 };

/** A reception whose connections last until `leave`; whoever comes says at once what it is. */
function open(
  connections: number,
  connectionsPerAddress: number,
  attempts = NO_LIMIT,
) {
  const time = new VirtualTime();
  const arriving = new EventQueue<WireEnd | Error>();
  const served: (() => void)[] = [];
  const admissions: Admission[] = [];
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
    listener,
    limits: {
      ...{ connections, connectionsPerAddress, attempts, refusals: 32 },
      messagesPerAddress: NO_LIMIT,
    },
    serve: (conn, admission) =>
      new Promise((resolve) => {
        admissions.push(admission);
        admission.giveWay = undefined;
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
    ...{ time, reception, served, admissions, closed, come },
    fail: (error: Error) => arriving.push(error),
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

/** What accepting fails with, and after how long it goes on. */
const FAILURES = {
  EMFILE: 50,
  ENFILE: 50,
  ENOBUFS: 50,
  ENOTCONN: 0,
  ECONNABORTED: 0,
  EPERM: 0,
};

for (const [code, ms] of Object.entries(FAILURES)) {
  Deno.test(`after ${code} accepting goes on in ${ms} ms, with a turn for all else`, async () => {
    await using opened = open(9, 9);
    const { time, served, come, fail, leave } = opened;
    for (let i = 0; i < 20; i++) fail(Object.assign(new Error("no"), { code }));
    await come("a");
    if (ms > 0) await time.pass(20 * ms - 1);
    expect(served.length).toBe(0);

    await time.pass(1);

    expect(served.length).toBe(1);
    await leave(0);
  });
}

Deno.test("a port that has failed for good ends the reception with one sentence", async () => {
  await using opened = open(9, 9);
  opened.fail(Object.assign(new Error("Bad file"), { code: "EBADF" }));

  await expect(opened.reception.ended).rejects.toThrow(
    "The lobby's port has failed: Bad file. Start the lobby again.",
  );
});

Deno.test("who has said nothing yet gives way, the longest silent first, to whoever comes", async () => {
  await using opened = open(3, 2);
  const { admissions, reception, come, refusalOf, leave } = opened;
  const gone: number[] = [];
  await come("a", "b", "a");
  for (const i of [1, 2]) admissions[i].giveWay = () => void gone.push(i);

  // Of the same address, where that has too many; else the first of all.
  await come("a");
  expect(gone).toEqual([2]);
  await come("c");
  expect([gone, reception.connections]).toEqual([[2, 1], 3]);
  expect(await refusalOf("a")).toContain("has 2 connections");
  expect(await refusalOf("b")).toContain("lobby_full");
  await leave(0, 1, 2, 3, 4);
  expect(reception.connections).toBe(0);
});

Deno.test("an address that connects too often is turned away, however it is written", async () => {
  await using opened = open(99, 99, { perSecond: 2, burst: 4 });
  const { time, served, reception, come, leave, refusalOf } = opened;
  await come("1.2.3.4", "::ffff:1.2.3.4", "::FFFF:1.2.3.4", "1.2.3.4");
  await come("2001:db8:0:1::1", "2001:db8:0:1:2::1", "2001:db8:0:1:ffff::");
  await come("2001:db8::1:0:0:0:2", "fe80::1%eth0", "::1");
  expect(served.length).toBe(10);

  for (const address of ["1.2.3.4", "2001:db8:0:1::9"]) {
    expect(await refusalOf(address)).toContain("connects too often");
  }
  await come("2001:db8:0:2::1", "1.2.3.5");
  expect(served.length).toBe(12);
  await time.pass(500);
  await come("::ffff:1.2.3.4");
  expect(served.length).toBe(13);
  await leave(...served.keys());
  await time.pass(2_000);
  reception.sweep(time.nowMs);
  expect(reception.addresses).toBe(0);
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
