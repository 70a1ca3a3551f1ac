/**
 * Attacks on a lobby's process, from this one: each goes on until it is disposed.
 *
 * @module
 */
import net from "node:net";
import { RawClient, startMatch } from "../support/lobby.ts";

/** How a lobby is attacked; disposal ends it. */
export type Attack = (lobby: { readonly port: number }) => Promise<
  AsyncDisposable
>;

/** How often a flood sends what has become due. */
const FLOOD_EVERY_MS = 20;
const FRAME = Uint8Array.of(0, 101, 0, ...new Array(100).fill(1));

/** How many connections are reset at a time: the last of them are before they are accepted. */
const RESETS_AT_ONCE = 10;

/** Connects so often, and resets each connection at once. */
export function resets(perSecond: number): Attack {
  return ({ port }) => {
    const timer = setInterval(() => {
      for (let i = 0; i < RESETS_AT_ONCE; i++) {
        const socket = net.connect({ port, host: "127.0.0.1" });
        socket.on("error", () => {/* Told to nobody: it is an attack. */});
        socket.on("connect", () => socket.resetAndDestroy());
      }
    }, RESETS_AT_ONCE * 1000 / perSecond);
    return Promise.resolve(disposal(() => clearInterval(timer)));
  };
}

/** Opens so many connections, and says nothing on them. */
export function idle(count: number): Attack {
  return async ({ port }) => {
    const stack = new AsyncDisposableStack();
    for (let i = 0; i < count; i++) {
      stack.use(await RawClient.connect({ port }));
    }
    return stack;
  };
}

/** Takes seats for so many connections and sends so many frames a second over them together. */
export function flood(connections: number, perSecond: number): Attack {
  return async (lobby) => {
    await using stack = new AsyncDisposableStack();
    const tokens: string[] = [];
    for (let n = 0; n < connections; n += 4) {
      const match = stack.use(await startMatch(lobby, { players: 4 }));
      tokens.push(...match.tokens);
    }
    const batch = perSecond / connections * FLOOD_EVERY_MS / 1000;
    const frames = Uint8Array.from(
      { length: FRAME.length * batch },
      (_, i) => FRAME[i % FRAME.length],
    );
    const stop = new AbortController();
    stack.defer(() => stop.abort());
    for (const token of tokens) stack.use(sending(lobby, token, frames, stop));
    return stack.move();
  };
}

/** Sends the same again and again as one seat, and connects again when that is ended. */
function sending(
  lobby: { readonly port: number },
  token: string,
  frames: Uint8Array,
  { signal }: AbortController,
): AsyncDisposable {
  let client: RawClient | undefined;
  let isBusy = false;
  const send = async () => {
    if (isBusy || signal.aborted) return;
    isBusy = true;
    try {
      if (client === undefined) {
        client = await RawClient.connect(lobby, `relay ${token}\n`);
        void readAll(client).then(() => client = undefined);
      }
      await client.say(frames);
    } catch {
      client = undefined; // Closed: the next one connects again.
    }
    isBusy = false;
  };
  const timer = setInterval(send, FLOOD_EVERY_MS);
  return disposal(() => {
    clearInterval(timer);
    client?.close();
  });
}

async function readAll(client: RawClient): Promise<void> {
  while (await client.bytes() !== undefined);
  client.close();
}

function disposal(end: () => void): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      end();
      return Promise.resolve();
    },
  };
}
