/**
 * One connection to an AMQP broker, from connecting to its end.
 *
 * Whatever goes wrong ends the whole connection, even if only a channel was refused: then there is
 * one way to recover, to connect again. A frozen broker accepts connections and answers nothing, so
 * no wait for it is unlimited, and a connection ends by closing its socket; AMQP's own goodbye is
 * tried before, but nothing depends on it.
 *
 * @module
 */
import { type ChannelModel, connect } from "amqplib";
import { messageOf, NetworkError } from "../link/network_error.ts";
import { askWhyRefused, doesSpeakTls } from "./broker_probe.ts";
import { quote, refusalOf, SPEAKS_TLS } from "./broker_refusal.ts";
import type { BrokerAddress } from "./broker_url.ts";

/** What was set up on one connection; made anew for each. */
export interface Channels {
  /** Resolves when the broker has taken all that was sent, which may be never. */
  flushed(): Promise<void>;
}

/** What `setUp` may ask of its connection, and do to it. */
export interface ConnectionLife {
  /** Aborts when the connection ends, for whatever reason. */
  readonly ended: AbortSignal;
  /** Why the broker takes no messages at the moment; absent while it does. */
  readonly blockedBy: string | undefined;
  /** Ends the connection at once; does nothing when it has ended. */
  drop(why: string): void;
}

/** How to connect, and what to do then. */
export interface ConnectOptions<T extends Channels> {
  readonly broker: BrokerAddress;
  /** In PEM: the only authorities whose certificates count; those that the system knows if absent. */
  readonly ca?: string | undefined;
  /** Gives the attempt up; a connection once made is ended by `close` instead. */
  readonly signal: AbortSignal;
  /** Opens channels and declares things; must listen to the errors of each channel. */
  setUp(connection: ChannelModel, life: ConnectionLife): Promise<T>;
}

/** A connection that has been set up. */
export interface Connected<T extends Channels> {
  readonly kind: "connected";
  readonly channels: T;
  readonly life: ConnectionLife;
  /** Resolves with why the connection has ended. */
  readonly over: Promise<string>;
  /** Sends what is left, says goodbye, and closes; takes half a second at most. */
  close(): Promise<void>;
}

/** Why there is no connection. */
export interface Unconnected {
  readonly kind: "unconnected";
  /** One line that says what to do; without the password. */
  readonly error: NetworkError;
  /** Whether trying again is useless until a person has changed something. */
  readonly refused: boolean;
}

/** Time for each answer while connecting; if it were longer, the next attempt would come later. */
const ANSWER_MS_MAX = 700;

/** Time for an attempt in all, with everything that `setUp` declares. */
const ATTEMPT_MS_MAX = 3_000;

/** Time for the broker to take what was sent last, and for the goodbye. */
const CLOSE_MS_MAX = 500;

/** AMQP's heartbeat; after two of them without a sign of the broker the connection is given up. */
const HEARTBEAT_S = 2;

/** Tries once to connect and to set up the connection; never rejects. */
export async function connectBroker<T extends Channels>(
  { broker, ca, signal, setUp }: ConnectOptions<T>,
): Promise<Connected<T> | Unconnected> {
  const socket = new AbortController();
  const over = Promise.withResolvers<string>();
  let blockedBy: string | undefined;
  let lost: Error | undefined;
  const life: ConnectionLife = {
    ended: socket.signal,
    get blockedBy() {
      return blockedBy;
    },
    drop(why) {
      over.resolve(quote(why, broker));
      socket.abort();
    },
  };
  const giveUp = () => life.drop("given up");
  signal.addEventListener("abort", giveUp);
  const lose = (error: Error) => {
    if (!socket.signal.aborted) lost ??= error;
    life.drop(error.message);
  };
  const timer = setTimeout(
    () => lose(new Error("ETIMEDOUT")),
    ATTEMPT_MS_MAX,
  );
  try {
    signal.throwIfAborted();
    // The types don't know `signal`, but the library hands all these options to the socket.
    const socketOptions = {
      noDelay: true,
      timeout: ANSWER_MS_MAX,
      signal: socket.signal,
      ...(ca !== undefined && { ca }),
    };
    const connection = await connect(libraryAddress(broker), socketOptions);
    connection.on("error", (error) => lose(error));
    connection.on("close", (error) => lose(error ?? new Error("closed")));
    connection.on("blocked", (reason) => blockedBy = quote(reason, broker));
    connection.on("unblocked", () => blockedBy = undefined);

    const channels = await setUp(connection, life);
    socket.signal.throwIfAborted();
    return {
      kind: "connected",
      channels,
      life,
      over: over.promise,
      async close() {
        if (!socket.signal.aborted) await sayGoodbye(connection, channels);
        life.drop("closed by this side");
      },
    };
  } catch (error) {
    giveUp();
    // What ended the connection says more than that `setUp` got no answer then.
    return await explain(lost ?? error, { broker, ca, signal });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

async function sayGoodbye(
  connection: ChannelModel,
  channels: Channels,
): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, CLOSE_MS_MAX);
  const goodbye = async () => {
    await channels.flushed();
    await connection.close();
  };
  // Its failure means that the connection is gone already, which is what was wanted.
  await Promise.race([goodbye().catch(() => {}), patience.promise]);
  clearTimeout(timer);
}

/** The address in parts: of one piece, the library would decode a password as Latin-1. */
function libraryAddress(broker: BrokerAddress): Parameters<typeof connect>[0] {
  return {
    protocol: broker.secure ? "amqps" : "amqp",
    hostname: broker.host,
    port: broker.port,
    username: broker.user,
    password: broker.password,
    vhost: encodeURIComponent(broker.vhost),
    heartbeat: HEARTBEAT_S,
  };
}

async function explain(
  error: unknown,
  { broker, ca, signal }: Pick<
    ConnectOptions<Channels>,
    "broker" | "ca" | "signal"
  >,
): Promise<Unconnected> {
  const known = signal.aborted ? error : await askMore(error, broker, ca);
  const { why, isFinal } = refusalOf(known, broker);
  return {
    kind: "unconnected",
    // Without a cause: the library's error may hold what it was given, and causes are logged.
    error: new NetworkError(`Cannot use the broker at ${broker.name}: ${why}`),
    refused: isFinal,
  };
}

/** What a broker says of a virtual host that isn't there, or not for this user. */
const NO_SUCH_VHOST = /vhost \S+ not found|refused for user '[^']*'$/;

/** What is told of a peer that closes the connection without a word. */
const HUNG_UP = /ECONNRESET|Socket closed abruptly|Unexpected close/;

/** Finds out more where the library tells too little; returns an error that says it. */
async function askMore(
  error: unknown,
  broker: BrokerAddress,
  ca: string | undefined,
): Promise<unknown> {
  const text = messageOf(error);
  if (text.startsWith("Expected ConnectionOpenOk")) {
    const said = await askWhyRefused(broker, ca);
    return said === "" || NO_SUCH_VHOST.test(said) ? error : new Error(said);
  }
  if (HUNG_UP.test(text) && !broker.secure && await doesSpeakTls(broker)) {
    return Object.assign(new Error(text), { code: SPEAKS_TLS });
  }
  return error;
}
