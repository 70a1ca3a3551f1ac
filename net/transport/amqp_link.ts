/**
 * A connection to an AMQP broker that comes back by itself.
 *
 * Each new connection is set up by `setUp`, and what that returns is `current` until the connection
 * ends. Without a connection there is no `current`: nothing is queued for later.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { backoffMs } from "../link/backoff.ts";
import { pause } from "../link/pause.ts";
import type { LinkState } from "../match/transport.ts";
import {
  type Channels,
  connectBroker,
  type Connected,
  type ConnectOptions,
  type Unconnected,
} from "./amqp_connection.ts";
import { parseBrokerUrl } from "./broker_url.ts";

/** What to keep connected. */
export interface AmqpLinkOptions<T extends Channels>
  extends Pick<ConnectOptions<T>, "ca" | "setUp"> {
  readonly url: string;
  /** Ends the link, as disposing does, or gives up opening it. */
  readonly signal?: AbortSignal;
  /** For how long the first connection is tried again and again; 0 tries once. */
  readonly openMsMax: number;
  /** Each failure of these but the last. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/** A kept connection. Disposing sends what is left and waits at most half a second for that. */
export interface AmqpLink<T extends Channels> extends AsyncDisposable {
  readonly state: LinkState;
  /** What `setUp` returned; absent without a connection, or while the broker takes no messages. */
  readonly current: T | undefined;
  /** Resolves when the link has ended, which only this side can want. */
  readonly closed: Promise<void>;
}

/** Between attempts to connect: while there is no connection, the match waits. */
const BACKOFF = { firstMs: 50, maxMs: 1_000 };

const logger = getLogger(["pong", "amqp"]);

/**
 * Connects, and stays connected until disposed.
 *
 * @throws {NetworkError} When there is no connection after `openMsMax`, or at once when the
 * broker refuses for good.
 */
export async function keepAmqpLink<T extends Channels>(
  { url, ca, signal, openMsMax, onTrouble, setUp }: AmqpLinkOptions<T>,
): Promise<AmqpLink<T>> {
  const broker = parseBrokerUrl(url);
  const ending = new AbortController();
  const attempt = { broker, ca, signal: ending.signal, setUp };
  const ended = Promise.withResolvers<string>();
  const end = () => {
    ending.abort();
    ended.resolve("closed by this side");
  };
  signal?.throwIfAborted();
  signal?.addEventListener("abort", end);

  let live: Connected<T> | undefined;
  let trouble = "";

  const open = async () => {
    const untilMs = performance.now() + openMsMax;
    const first = await connectRepeatedly(
      attempt,
      ({ refused, error }) => {
        if (refused || performance.now() >= untilMs) return false;
        onTrouble?.(error.message);
        return true;
      },
    );
    if (first.kind === "connected") return first;
    signal?.removeEventListener("abort", end);
    signal?.throwIfAborted();
    throw first.error;
  };

  const keep = async (first: Connected<T>) => {
    for (let connection = first;;) {
      live = connection;
      logger.info("Connected to the broker at {name}", { name: broker.name });
      const why = await Promise.race([connection.over, ended.promise]);
      trouble = `Lost the broker at ${broker.name}: ${why}`;
      live = undefined;
      await connection.close();
      if (ending.signal.aborted) return;

      logger.warn("{trouble}", { trouble });
      const next = await connectRepeatedly(attempt, ({ error }) => {
        trouble = error.message;
        return true;
      });
      if (next.kind === "unconnected") return;
      connection = next;
    }
  };

  const closed = keep(await open())
    .finally(() => signal?.removeEventListener("abort", end));
  return {
    get state() {
      if (ending.signal.aborted) return { up: false, detail: "Closed" };
      if (live === undefined) return { up: false, detail: trouble };
      const { blockedBy } = live.life;
      if (blockedBy === undefined) return { up: true, detail: "" };
      return {
        up: false,
        detail: `The broker at ${broker.name} takes no messages: ${blockedBy}`,
      };
    },
    get current() {
      if (live === undefined || ending.signal.aborted) return undefined;
      const { ended, blockedBy } = live.life;
      return ended.aborted || blockedBy !== undefined
        ? undefined
        : live.channels;
    },
    closed,
    async [Symbol.asyncDispose]() {
      end();
      await closed;
    },
  };
}

/** Tries until it is connected; gives up when the signal aborts, or `goOn` returns `false`. */
async function connectRepeatedly<T extends Channels>(
  attempt: ConnectOptions<T>,
  goOn: (failure: Unconnected) => boolean,
): Promise<Connected<T> | Unconnected> {
  for (let failures = 0;; failures++) {
    const result = await connectBroker(attempt);
    if (result.kind === "connected") return result;
    if (attempt.signal.aborted || !goOn(result)) return result;
    // If it is cut short, the next attempt sees at once that it was aborted.
    await pause(backoffMs(failures, BACKOFF), attempt.signal);
  }
}
