/**
 * A lobby's process and the players' around it, each with its state in a folder of its own.
 *
 * @module
 */
import { temporaryFolder } from "../support/lobby.ts";
import type { LyingPlan } from "../support/lying_member.ts";
import { lookAt } from "../support/page_client.ts";
import {
  addressOf,
  lobbyAt,
  type PongProcess,
  startLobbyProcess,
  startPong,
} from "../support/processes.ts";

type LobbyProcess = Awaited<ReturnType<typeof startLobbyProcess>>;

export interface Player extends PongProcess {
  readonly folder: string;
}

/** Disposal ends all that were started here. */
export interface Venue extends AsyncDisposable {
  readonly lobby: LobbyProcess;
  play(...words: readonly string[]): Player;
  /** Starts a player whose packets are lies. */
  lie(strategy: LyingPlan["strategy"], ...words: readonly string[]): Player;
  watch(...words: readonly string[]): PongProcess;
  /** Starts a process that takes a player's seat again. */
  resume(player: Player): Player;
  /** Starts a lobby again, where the one that is gone was. */
  restartLobby(): Promise<LobbyProcess>;
}

/** Opens it, for matches over `broker` if given, else over the relay. */
export async function openVenue(broker?: string): Promise<Venue> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryFolder());
  const words = [
    ...["--state-folder", `${path}/lobby`],
    ...(broker === undefined ? [] : ["--broker", broker]),
  ];
  const lobby = stack.use(await startLobbyProcess(words));
  const moved = stack.move();
  const start = (
    folder: string,
    words: readonly string[],
    lie?: LyingPlan["strategy"],
  ) => {
    const pong = startPong(["play", "--state-folder", folder, ...words], {
      lie,
    });
    // Who opens no browser looks at the page all the same.
    if (words.includes("--no-open")) moved.use(lookAt(addressOf(pong)));
    return Object.assign(moved.use(pong), { folder });
  };
  let players = 0;
  return {
    lobby,
    play: (...words) =>
      start(`${path}/${players++}`, [...lobbyAt(lobby), ...words]),
    lie: (strategy, ...words) =>
      start(`${path}/${players++}`, [...lobbyAt(lobby), ...words], strategy),
    watch: (...words) =>
      moved.use(
        startPong(["watch", ...lobbyAt(lobby), "--no-open", ...words]),
      ),
    resume: ({ folder }) => start(folder, ["--resume"]),
    restartLobby: async () =>
      moved.use(await startLobbyProcess(["--port", `${lobby.port}`, ...words])),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
