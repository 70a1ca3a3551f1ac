/**
 * One person's or one bot's process: the page, the start screen, and every match until it ends.
 *
 * @module
 */
import {
  defaultSettings,
  readSettings,
  type Settings,
  writeSettings,
} from "../files/settings_file.ts";
import { aborted } from "../link/pause.ts";
import { newRoomCode } from "../lobby/room_code.ts";
import type { JoinRequest } from "../lobby/seat.ts";
import {
  parseAddress,
  parseName,
  parseRoomCode,
} from "../lobby/typed_words.ts";
import type { Outcome } from "../match/outcome.ts";
import type { JoinSettings } from "../page/message.ts";
import {
  openProcessPage,
  type PageAddresses,
  type ProcessPage,
} from "../page/process_page.ts";
import { EMPTY_VIEW, type Stage } from "../page/stage.ts";
import type { Control } from "./hand.ts";
import {
  visitLobby,
  type VisitOptions,
  type VisitPlan,
} from "./lobby_visit.ts";

/** Opens a lobby in this process, for a match against bots; the caller disposes it. */
export type OpenLobby = () => Promise<
  AsyncDisposable & { readonly port: number }
>;

/** How this process plays; `plan` is where first. */
export interface PlayerOptions
  extends Omit<VisitOptions, "plan" | "page" | "canLeave" | "onSeat"> {
  /** Where to play first; `undefined` to ask on the page. */
  readonly plan: VisitPlan | undefined;
  /** What others call the person until something else is chosen. */
  readonly name: string;
  /** What the start screen shows instead of what was chosen the last time. */
  readonly wishes?: Partial<JoinSettings>;
  readonly control: Control;
  /** Whether the start screen comes after a visit, which only a person could use. */
  readonly stay: boolean;
  /** Port of the page and of `/status`; 0 for any free one. */
  readonly pagePort: number;
  /** Whether other machines may open the page. */
  readonly isLan: boolean;
  readonly openLobby: OpenLobby;
  /** The page (a bot's `/status`) can be opened. */
  readonly onServing: (page: PageAddresses) => void;
}

/**
 * Plays until `signal` aborts or, without `stay`, one match is over. Returns how the last match
 * ended, `undefined` where none began.
 *
 * @throws NetworkError or JoinError when `plan` can't be carried out; what was chosen on the page
 * and fails is told there.
 */
export async function runPlayer(
  options: PlayerOptions,
): Promise<Outcome | undefined> {
  const { control, stateFolder, name, signal, stay } = options;
  const isHuman = control.kind === "human";
  let settings = defaultSettings(name);
  if (stateFolder !== undefined) {
    settings = await readSettings(stateFolder, settings);
  }
  settings = { ...settings, join: { ...settings.join, ...options.wishes } };
  // One after the other, so that the newest settings are what stays.
  let written = Promise.resolve();
  const remember = (news: Partial<Settings>) => {
    settings = { ...settings, ...news };
    if (stateFolder === undefined) return;
    written = written.then(() => writeSettings(stateFolder, settings));
  };
  const idle = startStage({ settings: settings.join, problem: "" });
  await using page = await openProcessPage({
    assets: isHuman ? control.assets : new Map(),
    pagePort: options.pagePort,
    isLan: isHuman && options.isLan,
    preferences: settings.preferences,
    onPreferences: (preferences) => remember({ preferences }),
    randomBytes: options.randomBytes,
    nowMs: options.nowMs,
    stage: idle.stage,
  });
  const announce = () => options.onServing(page);
  if (options.plan === undefined) announce();
  let { plan } = options;
  let outcome: Outcome | undefined;
  let problem = "";
  while (!signal.aborted) {
    if (plan === undefined) {
      const chosen = await choose(page, {
        settings: settings.join,
        problem,
        signal,
      });
      if (chosen === undefined) break;
      remember({ join: chosen });
      try {
        outcome = await visitAs(chosen, {
          ...{ ...options, page },
          canLeave: stay,
        });
        problem = "";
        if (!stay) break;
      } catch (error) {
        if (!(error instanceof Error) || isBug(error)) throw error;
        problem = error.message;
      }
    } else {
      const isAlone = isHuman && plan.isLocal === true;
      if (isAlone) {
        announce();
        await somebodyAt(page, signal);
        if (signal.aborted) break;
      }
      // The page is announced once there is a seat: before, it has nothing to show.
      outcome = await visitLobby({
        ...options,
        ...{ plan, page, canLeave: stay },
        onSeat: isAlone ? () => {} : announce,
      });
      plan = undefined;
      if (!stay) break;
    }
  }
  await written;
  return outcome;
}

/** The start screen, and what its person chooses. */
interface StartStage {
  readonly stage: Stage;
  readonly chosen: Promise<JoinSettings>;
}

function startStage(
  { settings, problem }: {
    readonly settings: JoinSettings;
    readonly problem: string;
  },
): StartStage {
  const { promise, resolve } = Promise.withResolvers<JoinSettings>();
  let view = { settings, problem, isBusy: false };
  return {
    chosen: promise,
    stage: {
      view: () => ({ ...EMPTY_VIEW, start: view }),
      status: () => ({ phase: "start", players: [] }),
      take(request) {
        if (request.kind !== "join" || view.isBusy) return;
        view = { settings: request.settings, problem: "", isBusy: true };
        resolve(request.settings);
      },
      recording: () => undefined,
    },
  };
}

/**
 * Waits until somebody is at the page, or `signal` aborts. In a lobby of their own nobody else waits
 * for them, so they aren't given up after a while.
 */
async function somebodyAt(
  page: ProcessPage,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const view = { ...EMPTY_VIEW, phase: "lobby" } as const;
  page.begin({
    view: () => view,
    status: () => ({ phase: "lobby", players: [] }),
    attend: (isAttended) => isAttended && resolve(),
    take() {},
    recording: () => undefined,
  });
  await Promise.race([promise, aborted(signal)]);
}

/** Asks on the page where to play; `undefined` when `signal` aborts before. */
async function choose(
  page: ProcessPage,
  { settings, problem, signal }: {
    readonly settings: JoinSettings;
    readonly problem: string;
    readonly signal: AbortSignal;
  },
): Promise<JoinSettings | undefined> {
  const { stage, chosen } = startStage({ settings, problem });
  page.begin(stage);
  return await Promise.race([chosen, aborted(signal)]) ?? undefined;
}

/**
 * Plays as was chosen on the start screen.
 *
 * @throws WordsError where something was typed that makes no sense.
 */
async function visitAs(
  settings: JoinSettings,
  options:
    & Omit<VisitOptions, "plan">
    & Pick<PlayerOptions, "openLobby" | "wishes">,
): Promise<Outcome | undefined> {
  await using stack = new AsyncDisposableStack();
  const { look, mode, players, points, lives, skill } = settings;
  const name = parseName(settings.name);
  const rules = { players, points, lives };
  if (mode === "bots") {
    const { port } = stack.use(await options.openLobby());
    return await visitLobby({
      ...options,
      plan: {
        lobby: { hostname: "127.0.0.1", port },
        join: { name, look, room: "BOTS", ...rules },
        bots: players - 1,
        isLocal: true,
        skill,
      },
    });
  }
  return await visitLobby({
    ...options,
    plan: {
      lobby: {
        port: settings.port,
        ...parseAddress(settings.host || "127.0.0.1"),
      },
      join: {
        ...{ name, look, isReady: false },
        ...(mode === "quick"
          ? quickWishes(settings, options)
          : roomOf(settings, options)),
      },
      bots: 0,
      skill,
    },
  });
}

/** What somebody wants of strangers: nothing that wasn't said, for it keeps others away. */
function quickWishes(
  { quickPlayers }: JoinSettings,
  { wishes = {} }: Pick<PlayerOptions, "wishes">,
): Omit<JoinRequest, "name"> {
  const { points, lives } = wishes;
  return { players: quickPlayers || undefined, points, lives };
}

/** A room given by its code has its rules already; without a code, a new room is asked for. */
function roomOf(
  { room, players, points, lives }: JoinSettings,
  { randomBytes }: Pick<VisitOptions, "randomBytes">,
): Omit<JoinRequest, "name"> {
  // Some letters come a little more often than others, which does no harm.
  const below = (bound: number) => randomBytes(1)[0] % bound;
  return room === ""
    ? { room: newRoomCode(below), players, points, lives }
    : { room: parseRoomCode(room) };
}

/** Whether an error is a mistake of ours; any other has a message for a person. */
function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}
