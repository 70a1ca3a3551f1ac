/**
 * The lobby's limits as options of its command.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { DEFAULT_LIMITS, type LobbyLimits } from "../lobby_server/limits.ts";
import { wholeNumber } from "./option_values.ts";

/** One option: what it takes, and which limits follow from it. */
interface LimitOption {
  readonly flag: string;
  readonly description: string;
  /** Least and most that make sense. */
  readonly range: readonly [low: number, high: number];
  readonly default: number;
  readonly limitsOf: (value: number) => Partial<LobbyLimits>;
}

const MANY = 1_000_000;

const OPTIONS: readonly LimitOption[] = [
  {
    flag: "--max-connections <n>",
    description: "connections in all",
    range: [1, MANY],
    default: DEFAULT_LIMITS.connections,
    limitsOf: (connections) => ({ connections }),
  },
  {
    flag: "--max-connections-per-address <n>",
    description: "connections from one address",
    range: [1, MANY],
    default: DEFAULT_LIMITS.connectionsPerAddress,
    limitsOf: (connectionsPerAddress) => ({ connectionsPerAddress }),
  },
  {
    flag: "--max-rooms <n>",
    description: "rooms and matches at a time",
    range: [1, MANY],
    default: DEFAULT_LIMITS.rooms,
    limitsOf: (rooms) => ({ rooms }),
  },
  {
    flag: "--max-watchers <n>",
    description: "watchers of one match",
    range: [0, MANY],
    default: DEFAULT_LIMITS.watchersPerMatch,
    limitsOf: (watchersPerMatch) => ({ watchersPerMatch }),
  },
  {
    flag: "--max-messages-per-second <n>",
    description: "messages from one player, beside its moves",
    range: [2, MANY], // A joining player says more than one.
    default: DEFAULT_LIMITS.messages.perSecond,
    limitsOf: (n) => ({ messages: rate(n) }),
  },
  {
    flag: "--max-line-bytes <n>",
    description: "bytes of one message",
    range: [2048, 65536], // Coming back takes the most, nearly 2 KiB.
    default: DEFAULT_LIMITS.lineBytes,
    limitsOf: (lineBytes) => ({ lineBytes }),
  },
  {
    flag: "--first-line-timeout <seconds>",
    description: "for the first message of a connection",
    range: [1, 3600],
    default: DEFAULT_LIMITS.firstLineMs / 1000,
    limitsOf: (seconds) => ({ firstLineMs: 1000 * seconds }),
  },
  {
    flag: "--silence-timeout <seconds>",
    description: "after which a silent player is gone",
    range: [3, 3600], // A player says something every 2 s.
    default: DEFAULT_LIMITS.silenceMs / 1000,
    limitsOf: (seconds) => ({ silenceMs: 1000 * seconds }),
  },
  {
    flag: "--max-frames-per-second <n>",
    description: "packets relayed for one player",
    range: [90, MANY], // 60 ticks, and some that repeat what was lost.
    default: DEFAULT_LIMITS.relayFrames.perSecond,
    limitsOf: (n) => ({ relayFrames: rate(n) }),
  },
  {
    flag: "--max-waiting-frames <n>",
    description: "packets that wait for a slow player",
    range: [1, 65536],
    default: DEFAULT_LIMITS.relayQueueFrames,
    limitsOf: (relayQueueFrames) => ({ relayQueueFrames }),
  },
  {
    flag: "--relay-silence-timeout <seconds>",
    description: "after which a silent relay connection is gone",
    range: [2, 3600],
    default: DEFAULT_LIMITS.relaySilenceMs / 1000,
    limitsOf: (seconds) => ({ relaySilenceMs: 1000 * seconds }),
  },
  {
    flag: "--match-memory <seconds>",
    description: "for which a match is remembered when all have gone",
    range: [1, 86400],
    default: DEFAULT_LIMITS.matchLingerMs / 1000,
    limitsOf: (seconds) => ({ matchLingerMs: 1000 * seconds }),
  },
];

/** Adds an option for each limit. */
export function addLimitOptions(command: Command): Command {
  for (const { flag, description, range, default: usual } of OPTIONS) {
    command.option(flag, description, wholeNumber(...range), usual);
  }
  return command;
}

/** Returns the limits that the parsed options ask for. */
export function limitsOf(
  options: Readonly<Record<string, unknown>>,
): LobbyLimits {
  let limits = DEFAULT_LIMITS;
  for (const option of OPTIONS) {
    const value = options[new Option(option.flag).attributeName()];
    if (typeof value !== "number") continue;
    limits = { ...limits, ...option.limitsOf(value) };
  }
  return limits;
}

/** Twice as much at once, after a pause. */
function rate(perSecond: number): LobbyLimits["messages"] {
  return { perSecond, burst: 2 * perSecond };
}
