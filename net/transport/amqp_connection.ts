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
import { NetworkError } from "../link/network_error.ts";
import { type BrokerAddress, hidePassword } from "./broker_url.ts";

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

/** How many characters of the broker's own words an error message shows. */
const QUOTE_LENGTH_MAX = 200;

/** Tries once to connect and to set up the connection; never rejects. */
export async function connectBroker<T extends Channels>(
  { broker, signal, setUp }: ConnectOptions<T>,
): Promise<Connected<T> | Unconnected> {
  const socket = new AbortController();
  const over = Promise.withResolvers<string>();
  let blockedBy: string | undefined;
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
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    giveUp();
  }, ATTEMPT_MS_MAX);
  try {
    signal.throwIfAborted();
    // The types don't know `signal`, but the library hands all these options to the socket.
    const socketOptions = {
      noDelay: true,
      timeout: ANSWER_MS_MAX,
      signal: socket.signal,
    };
    const connection = await connect(libraryAddress(broker), socketOptions);
    connection.on("error", (error) => life.drop(error.message));
    connection.on("close", (error) => life.drop(error?.message ?? "closed"));
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
    return explain(error, { broker, timedOut });
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

function explain(
  error: unknown,
  { broker, timedOut }: {
    readonly broker: BrokerAddress;
    readonly timedOut: boolean;
  },
): Unconnected {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : "";
  const said = quote(text, broker);
  const user = quote(broker.user, broker);
  const failure = (why: string, refused = false): Unconnected => ({
    kind: "unconnected",
    // Without a cause: the library's error may hold what it was given, and causes are logged.
    error: new NetworkError(`Cannot use the broker at ${broker.name}: ${why}`),
    refused,
  });

  if (text.startsWith("Handshake") && text.includes("ACCESS-REFUSED")) {
    return failure(
      `it refuses the user "${user}" or the password. Check both in the broker's address`,
      true,
    );
  }
  // Here the library gives neither the code nor the text of the broker's refusal.
  if (text.startsWith("Expected ConnectionOpenOk")) {
    return failure(
      `it has no virtual host "${
        quote(broker.vhost, broker)
      }" that the user "${user}" may use. Check the end of the broker's address`,
      true,
    );
  }
  if (timedOut || text.includes("ETIMEDOUT")) {
    return failure(
      "no answer. A firewall in between, another network, or a broker that hangs?",
    );
  }
  switch (code) {
    case 403:
      return failure(
        `the user "${user}" may not do this: ${said}`,
        true,
      );
    case 404:
      return failure(
        `something is missing there: ${said}. Is a lobby connected to this broker?`,
      );
    case "ECONNREFUSED":
      return failure(
        "nothing listens there. Is RabbitMQ running, and is the port right?",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return failure("no machine of this name is known. Check the spelling");
    default:
      return failure(said || `connecting failed (${code})`);
  }
}

/** Makes one short line, harmless on a terminal, of a text that came from outside. */
function quote(text: string, broker: BrokerAddress): string {
  const message = /with message "(.*)"/s.exec(text)?.[1] ?? text;
  return hidePassword(message, broker).replace(/[\s\p{C}]+/gu, " ").slice(
    0,
    QUOTE_LENGTH_MAX,
  );
}
