// Lines over a connection: how much waits for a slow reader, and how a connection ends.
import { expect } from "@std/expect";
import { LineConnection } from "../../net/link/line_connection.ts";
import { RawClient } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { WireEnd } from "../support/wire.ts";

/** A connection over a wire on which only `roomBytes` travel at a time, and its far end. */
function connect(
  options: { readonly roomBytes?: number; readonly queueBytesMax?: number } =
    {},
) {
  const { roomBytes, ...limits } = options;
  const [near, far] = WireEnd.pair(roomBytes);
  const lines = new LineConnection(near.conn, { lineBytesMax: 8, ...limits });
  return { lines, near, far, raw: new RawClient(far.conn) };
}

Deno.test("a line connection gives lines, then the end, and answers until then", async () => {
  using _time = new VirtualTime();
  const { lines, near, raw } = connect({ roomBytes: 3 });
  lines.send("hello");
  void raw.say("ab\n123456789\ncd\n");

  expect(await raw.line()).toBe("hello");
  expect(await lines.read()).toEqual({ kind: "line", text: "ab" });
  expect(await lines.read()).toEqual({ kind: "oversized" });
  expect(await lines.read()).toEqual({ kind: "line", text: "cd" });
  lines.send("bye, bye");
  await raw.finish();
  const end = lines.read();
  expect(await raw.line()).toBe("bye, bye");
  expect(await raw.line()).toBe(undefined);
  expect([await end, near.isClosed]).toEqual([undefined, true]);
  expect(await lines.read()).toBe(undefined);
});

Deno.test("a line connection holds so many bytes for a slow reader, and closes at one more", async () => {
  using time = new VirtualTime();
  for (const limits of [{ queueBytesMax: 20 }, {}]) {
    // Two of them, with their newlines, fill the queue.
    const line = "x".repeat((limits.queueBytesMax ?? 65_536) / 2 - 1);
    const isClosedAfter = async (extra: string) => {
      const { lines, near, raw } = connect({ roomBytes: 1, ...limits });
      for (const text of [line, line + extra]) lines.send(text);
      await time.settle();
      const isClosed = near.isClosed;
      if (!isClosed) {
        for (const text of [line, line]) expect(await raw.line()).toBe(text);
        // What has left makes room again.
        for (const text of [line, line]) lines.send(text);
        expect(near.isClosed).toBe(false);
      }
      lines.close();
      return isClosed;
    };

    expect(await isClosedAfter("")).toBe(false);
    expect(await isClosedAfter("x")).toBe(true);
  }
});

Deno.test("an ending line connection says what it has, hears nothing, and waits 250 ms at most", async () => {
  using time = new VirtualTime();
  const { lines, near, raw } = connect({ roomBytes: 1 });
  lines.send("last");
  lines.end();
  lines.end();
  lines.send("later");
  void raw.say("late\n").catch(() => {});
  const end = lines.read();

  expect(await raw.line()).toBe("last");
  expect(await raw.line()).toBe(undefined);
  await time.pass(249);
  expect(near.isClosed).toBe(false);
  await time.pass(1);
  expect([near.isClosed, await end]).toEqual([true, undefined]);
  lines.close();
  const idle = connect();
  idle.lines.end();
  await time.settle();
  expect([idle.far.isOver, idle.near.isClosed]).toEqual([true, false]);
  idle.lines.close();
});

Deno.test("a line connection whose other side breaks is closed, whatever waits", async () => {
  using time = new VirtualTime();
  const { lines, near, far } = connect({ roomBytes: 1 });
  lines.send("nobody reads this");
  await time.settle();

  far.close();
  expect(await lines.read()).toBe(undefined);

  expect(near.isClosed).toBe(true);
});

Deno.test("a line connection hands over its socket with what came after the last line, once", async () => {
  using _time = new VirtualTime();
  const { lines, near, raw } = connect();
  await raw.say("a\nbc\nd");
  await lines.read();

  const detached = lines.detach();

  expect(detached?.conn).toBe(near);
  expect(new TextDecoder().decode(detached?.rest)).toBe("bc\nd");
  lines.send("no more");
  lines.close();
  expect([lines.detach(), near.isClosed]).toEqual([undefined, false]);
});
