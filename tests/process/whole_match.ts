/**
 * Whole matches between real processes, over the lobby's relay or a broker: started, played to their
 * end, and compared.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import {
  expectSameStates,
  type PongProcess,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { last } from "../support/waiting.ts";

export interface Match extends AsyncDisposable {
  readonly port: number;
  join(args?: readonly string[]): PongProcess;
}

/** Starts a lobby, over `broker` if given, and any number of bots. */
export async function startMatch(broker?: string): Promise<Match> {
  await using stack = new AsyncDisposableStack();
  const lobbyArgs = broker ? ["--broker", broker] : [];
  const { port } = stack.use(await startLobbyProcess(lobbyArgs));
  const moved = stack.move();
  return {
    port,
    join: (args = []) =>
      moved.use(startPong([
        ...["play", "--host", "127.0.0.1", "--port", `${port}`],
        ...["--points", "1", "--lives", "1", ...args],
      ])),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Waits for all results; they and all shared confirmed states must be the same. */
async function expectOneTruth(
  players: readonly PongProcess[],
): Promise<readonly Status[]> {
  const ends = await Promise.all(players.map(async (player) => ({
    result: await resultOf(player),
    status: await statusOf(player),
  })));
  const [{ result, status }] = ends;
  expect(result.reason).toBe("finished");
  expect(result.winner).not.toBeNull();
  for (const end of ends) {
    expect(end.result).toEqual(result);
    expect(end.status.winner).toBe(result.winner);
    expectSameStates(status, end.status);
  }
  return ends.map((end) => end.status);
}

/** Plays a match of bots to its end, over `broker` if given, and compares what all made of it. */
export async function playWholeMatch(
  count: number,
  broker?: string,
): Promise<void> {
  await using match = await startMatch(broker);
  const players = Array.from(
    { length: count },
    () => match.join(["--players", `${count}`, "--bot", "easy"]),
  );

  const statuses = await expectOneTruth(players);

  const transport = broker ? "amqp" : "relay";
  for (const status of statuses) {
    expect(status.transport).toBe(transport);
    expect(status.players.length).toBe(count);
    expect(status.stats.rejected).toBe(0);
  }
  expect(new Set(statuses.map(({ slot }) => slot)).size).toBe(count);
  for (const player of players) expect(await player.exited).toBe(0);
}

/** For how long the second player is stopped before the start is sent, so that it subscribes late. */
const LATE_MS = 3000;

/** Plays a match, over `broker` if given, of which one hears late: nobody begins without it. */
export async function playWithLateSubscription(broker?: string): Promise<void> {
  await using match = await startMatch(broker);
  const late = match.join(["--bot", "easy"]);
  await late.line(/^status: /);
  late.kill("SIGSTOP");
  const early = match.join(["--bot", "easy"]);
  const syncing = await waitForStatus(
    early,
    ({ phase }) => phase === "syncing",
  );
  await last(LATE_MS);
  const waiting = await statusOf(early);
  late.kill("SIGCONT");

  expect(syncing.tick).toBe(0);
  expect(waiting.phase).toBe("syncing");
  expect(waiting.tick).toBe(0);
  const [status] = await expectOneTruth([early, late]);
  expect(status.stats.stalledMs).toBeLessThan(LATE_MS);
}
