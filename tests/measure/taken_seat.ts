/**
 * A player's seat at a lobby of this machine, for processes that measure: the way to the others is
 * open, and a session can begin.
 *
 * @module
 */
import type { StartMessage, WelcomeMessage } from "../../net/lobby/protocol.ts";
import type { JoinRequest } from "../../net/lobby/seat.ts";
import type { SessionOptions } from "../../net/match/session.ts";
import type { Transport } from "../../net/match/transport.ts";
import { SECRET_BYTES } from "../../net/match/wire/wire.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { openAmqp } from "../../net/transport/amqp.ts";
import { brokerUrlFor } from "../../net/transport/broker_url.ts";
import { openRelay } from "../../net/transport/relay.ts";
import { FOREVER, join, nextOf } from "../support/lobby.ts";

const HOSTNAME = "127.0.0.1";

export interface TakenSeat extends AsyncDisposable {
  readonly transport: Transport;
  readonly session: SessionOptions;
}

/** Joins, and waits until all are there; disposal leaves. */
export async function takeSeat(
  port: number,
  request: Partial<JoinRequest> = {},
): Promise<TakenSeat> {
  await using stack = new AsyncDisposableStack();
  const seat = stack.use(await join({ port }, request));
  const { start } = await nextOf(seat, "start");
  const { rules, match, players } = start;
  const transport = stack.use(await openTransport(port, seat.welcome, start));
  const moved = stack.move();
  return {
    transport,
    session: {
      ...{ slot: seat.welcome.slot, rules, match, sha256 },
      epochs: players.map(({ epoch }) => epoch),
      secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)),
      nowMs: performance.now(),
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function openTransport(
  port: number,
  { id, slot, epoch }: WelcomeMessage,
  { transport, match, players, token }: StartMessage,
): Promise<Transport> {
  const signal = FOREVER;
  if (transport.kind === "relay") {
    return openRelay({ hostname: HOSTNAME, port, token, signal });
  }
  return openAmqp({
    ...{ match, id, slot, epoch, signal, exchange: transport.exchange },
    url: brokerUrlFor(transport.url, HOSTNAME),
    peers: players.map(({ id, slot }) => ({ id, slot })),
  });
}
