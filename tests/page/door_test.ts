/** Who gets in at the page's port and stays: in virtual time, with connections that only pretend. */
import { expect } from "@std/expect";
import { Door } from "../../net/page/door.ts";
import { readRequest, writeAnswer } from "../../net/page/http.ts";
import { PageSocket } from "../../net/page/page_socket.ts";
import { VirtualTime } from "../support/virtual_time.ts";

/** Stands in for a connection whose other side does nothing, unless told otherwise. */
class Silent {
  readonly #closed = Promise.withResolvers<never>();
  isClosed = false;
  bytes = 0;
  /** What comes, and by how much what is sent is taken; waits for ever without. */
  say: () => Promise<Uint8Array> = () => this.#closed.promise;
  take: () => Promise<unknown> = () => this.#closed.promise;

  constructor(readonly hostname = "10.0.0.1") {
    this.#closed.promise.catch(() => {});
  }

  get remoteAddr() {
    return { hostname: this.hostname };
  }

  /** What is used of a connection. */
  get conn(): Deno.TcpConn {
    return this as unknown as Deno.TcpConn;
  }

  setNoDelay() {}

  async read(into: Uint8Array): Promise<number> {
    const bytes = await Promise.race([this.say(), this.#closed.promise]);
    into.set(bytes);
    return bytes.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await Promise.race([this.take(), this.#closed.promise]);
    this.bytes += bytes.length;
    return bytes.length;
  }

  close(): void {
    this.isClosed = true;
    this.#closed.reject(new Deno.errors.Interrupted());
  }
}

/** Something that takes its time. */
function after(ms: number, bytes = new Uint8Array()) {
  return () =>
    new Promise<Uint8Array>((resolve) => setTimeout(() => resolve(bytes), ms));
}

Deno.test("of too many guests the oldest goes of the address that has most, and a port that fails is opened again", async () => {
  using time = new VirtualTime();
  const { listen } = Deno;
  using _real = { [Symbol.dispose]: () => Object.assign(Deno, { listen }) };
  const ports: number[] = [];
  let next = Promise.withResolvers<Deno.TcpConn>();
  let isMissing = false;
  Object.assign(Deno, {
    listen({ port }: Deno.TcpListenOptions) {
      ports.push(port ?? 0);
      if (isMissing) throw new Error("EMFILE");
      return { addr: { port: 7 }, accept: () => next.promise, close() {} };
    },
  });
  const happen = async (what: Deno.TcpConn | Error) => {
    const { resolve, reject } = next;
    next = Promise.withResolvers();
    if (what instanceof Error) reject(what);
    else resolve(what);
    await time.settle();
  };
  const crowd = (size: number, from?: string) =>
    Array.from({ length: size }, () => new Silent(from));
  const closed = (some: readonly Silent[]) => some.map((one) => one.isClosed);
  const page = new Silent();
  const door = new Door({
    ...{ hostname: "0.0.0.0", port: 0 },
    serve(conn, guest) {
      if (conn === page.conn) guest.leave();
      return conn.read(new Uint8Array(1)).then(() => {});
    },
  });
  const [phone] = crowd(1, "10.0.0.2");
  const many = crowd(40);
  for (const one of [page, phone, ...many]) await happen(one.conn);
  expect(closed([page, phone, ...many]))
    .toEqual([false, false, ...many.map((_, at) => at < 9)]);

  await happen(new Deno.errors.NotConnected());
  expect([ports, ...closed([page, phone])]).toEqual([[0], false, false]);
  isMissing = true;
  await happen(new Error("EMFILE"));
  expect(closed([page, phone, ...many.slice(9)]))
    .toEqual([false, ...new Array(32).fill(true)]);
  await time.pass(100);
  isMissing = false;
  await time.pass(100);
  expect(ports).toEqual([0, 7, 7]);
  const fewer = crowd(17);
  for (const { conn } of fewer) await happen(conn);
  expect(closed([page, ...fewer]))
    .toEqual([false, true, ...new Array(16).fill(false)]);

  page.close();
  const disposed = door[Symbol.asyncDispose]();
  await happen(new Error("It was closed."));
  await disposed;
  expect(closed(fewer)).not.toContain(false);
});

Deno.test("who asks or listens too slowly is cut off, whoever only is slow is not", async () => {
  using time = new VirtualTime();
  const answer = { code: 200, headers: {}, body: new Uint8Array(200_000) };
  const asking = [new Silent(), new Silent()];
  asking[1].say = after(1_000, Uint8Array.of(71));
  const reading = [new Silent(), new Silent()];
  reading[1].take = after(4_000);
  const ends = [
    ...asking.map(({ conn }) => readRequest(conn)),
    ...reading.map(({ conn }) => writeAnswer(conn, answer)),
  ].map((end) => end.catch(() => {}));
  const closed = () => [...asking, ...reading].map((one) => one.isClosed);

  await time.pass(4_999);
  expect(closed()).toEqual([false, false, false, false]);
  await time.pass(1);
  expect(closed()).toEqual([true, true, true, false]);
  await time.pass(20_000);

  expect(reading[1].bytes).toBeGreaterThan(200_000);
  await Promise.all(ends);
});

Deno.test("a page that answers no ping for 10 s is taken for dead", async () => {
  using time = new VirtualTime();
  const pong = Uint8Array.of(0x8a, 0x80, 0, 0, 0, 0);
  const pages = [new Silent(), new Silent()];
  const sockets = pages.map((page, at) => {
    page.take = after(0);
    if (at === 1) page.say = after(9_000, pong);
    return new PageSocket({
      ...{ conn: page.conn, head: new Uint8Array(), rest: new Uint8Array() },
      ...{ messageBytesMax: 9, onFrame() {}, onText() {}, onBroken() {} },
    });
  });
  const ends = sockets.map(({ closed }) => closed.catch(() => {}));

  await time.pass(10_000);
  expect(pages.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  await time.pass(60_000);

  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  sockets[1].close(1000, "");
  await time.pass(9_000);
  await Promise.all(ends);
});
