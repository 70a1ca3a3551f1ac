/** The page's line to its process: what it sends again, and when it tries again. */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { createState } from "../../game/state.ts";
import { encodeStates } from "../../game/state_bytes.ts";
import { connect } from "../../static/line/connection.ts";

/** Stands in for a socket that opens and closes when the test says so. */
class Socket {
  static readonly OPEN = 1;
  static readonly all: Socket[] = [];
  readonly sent: string[] = [];
  readyState = 0;
  onopen = () => {};
  onclose = () => Promise.resolve();
  onmessage = (_: { readonly data: unknown }) => {};

  constructor(readonly url: string) {
    Socket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen();
  }
}

Deno.test("a line that closes is opened again, ever less often, and told the axis anew", async () => {
  const { fetch, setInterval, setTimeout, WebSocket } = globalThis;
  const real = { fetch, setInterval, setTimeout, WebSocket };
  using _real = { [Symbol.dispose]: () => Object.assign(globalThis, real) };
  const waitsMs: number[] = [];
  const heard: unknown[] = [];
  let isSeen = false;
  let pass = () => {};
  let answer = (): Promise<Response> => Promise.reject(new Error());
  Object.assign(globalThis, {
    WebSocket: Socket,
    setInterval: (call: () => void) => pass = call,
    setTimeout(call: () => void, waitMs: number) {
      waitsMs.push(waitMs);
      call();
    },
    fetch: (url: URL) => {
      heard.push(url.href);
      return answer();
    },
  });
  const location = new URL("http://127.0.0.1:5/?token=a%20b");
  const line = connect({
    // Only its parts are read.
    location: location as unknown as Location,
    isSeen: () => isSeen,
    onView: (view) => heard.push(view),
    onStates: (states) => heard.push(states.length),
    onLine: (state) => heard.push(state),
  });
  const [first] = Socket.all;
  line.send({ kind: "leave" });
  first.open();
  expect(first.url).toBe("ws://127.0.0.1:5/socket?token=a%20b");
  pass();
  expect(first.sent).toEqual([]);
  isSeen = true;
  pass();
  line.sendAlive();
  expect(first.sent.splice(0))
    .toEqual(new Array(2).fill('{"kind":"alive"}'));

  line.sendAxis(127);
  const bytes = encodeStates([createState(DEFAULT_RULES, 3)]);
  for (const data of ['{"me":1}', bytes.buffer, new ArrayBuffer(3), 5]) {
    first.onmessage({ data });
  }
  await first.onclose();
  answer = () => Promise.resolve(new Response());
  for (let closed = 1; closed < 6; closed++) await Socket.all[closed].onclose();
  const last = Socket.all[6];
  last.open();

  const input = '{"kind":"input","axis":127}';
  expect([first, last].map(({ sent }) => sent))
    .toEqual([[input], [input, '{"kind":"alive"}']]);
  const asked = "http://127.0.0.1:5/status?token=a%20b";
  expect(heard).toEqual([
    ...["connecting", "open", { me: 1 }, 1, asked, "gone"],
    ...new Array(5).fill([asked, "refused"]).flat(),
    "open",
  ]);
  await last.onclose();
  expect(waitsMs).toEqual([250, 500, 1000, 2000, 2000, 2000, 250]);
});
