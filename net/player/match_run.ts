/**
 * One match in real time, from the lobby's `start` to the last packet.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { KeyObject } from "node:crypto";
import { keepSeat, type KeptSeat, type SavedSeat } from "../files/seat_file.ts";
import { StateFolderError } from "../files/state_folder.ts";
import type { LobbyAddress } from "../link/dial.ts";
import type { StartMessage } from "../lobby/protocol.ts";
import type { Outcome } from "../match/outcome.ts";
import { RecordingFile } from "../recording/recording_file.ts";
import {
  NO_TRANSPORT_FAULTS,
  type TransportFaults,
} from "../transport/faulty.ts";
import { openMatchTransport } from "../transport/open.ts";
import { exportPrivateKey } from "../transport/signing_keys.ts";
import type { Control } from "./hand.ts";
import { runMatchLoop } from "./match_loop.ts";
import type { MatchStage } from "./match_stage.ts";

const log = getLogger(["pong", "player"]);

/** Which match to play, as whom, and what to keep of it. */
export interface MatchRunOptions {
  readonly stage: MatchStage;
  readonly start: StartMessage;
  /** The own player, as the lobby knows it. */
  readonly me: { readonly id: string; readonly slot: number };
  readonly name: string;
  readonly lobby: LobbyAddress;
  /** The hosts of brokers to which the person has agreed, besides the lobby's. */
  readonly brokerHosts?: readonly string[] | undefined;
  /** In PEM, as `--broker-ca` names them. */
  readonly brokerCa?: string | undefined;
  readonly control: Control;
  readonly privateKey: KeyObject;
  /** Whether this process has taken a seat again that an older one had. */
  readonly isResumed: boolean;
  /** The folder for the seat's file; without it, none is kept. */
  readonly seatFolder?: string | undefined;
  /** The folder for the recording; without it, or where none is wanted, it stays in memory. */
  readonly stateFolder?: string | undefined;
  readonly isRecording: boolean;
  readonly faults?: TransportFaults | undefined;
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Gives up opening the transport; later it closes it at once, and nobody is told. */
  readonly opening: AbortSignal;
  /** The transport is open: from now on somebody can be told of leaving. */
  readonly onOpen: () => void;
  /** Leaves the match: the others are told first. */
  readonly signal: AbortSignal;
}

/**
 * Plays the match until it is over or left, and keeps seat and recording on file. Returns its
 * outcome, as far as there is one.
 *
 * @throws NetworkError when the transport can't be opened, the reason of `opening` when it aborts.
 */
export async function runMatch(
  options: MatchRunOptions,
): Promise<Outcome | undefined> {
  await using stack = new AsyncDisposableStack();
  const { stage, start, me, nowMs, randomBytes } = options;
  const { seatFolder } = options;
  const kept = seatFolder === undefined
    ? undefined
    : await keepMatchSeat(seatFolder, {
      ...{ start, slot: me.slot, lobby: options.lobby, name: options.name },
      control: options.control.kind === "human"
        ? { kind: "human" }
        : { kind: "bot", skill: options.control.skill },
      privateKey: exportPrivateKey(options.privateKey),
    });
  if (kept) stack.use(kept);
  if (options.faults) {
    const { faults } = options;
    log.warn("Faults are on, as --faults says: {faults}", { faults });
  }
  const { transport, faulty } = await openMatchTransport({
    lobby: options.lobby,
    brokerHosts: options.brokerHosts,
    brokerCa: options.brokerCa,
    seat: { ...me, epoch: epochOf(start, me.slot) },
    start,
    privateKey: options.privateKey,
    faults: options.faults ?? NO_TRANSPORT_FAULTS,
    random: () => new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32,
    nowMs,
    signal: options.opening,
    onTrouble: (trouble) => {
      log.warn("{trouble} Trying again.", { trouble });
      stage.setTrouble(`${trouble} Trying again.`);
    },
  });
  stack.use(transport);
  options.onOpen();
  const match = stage.begin({
    ...{ start, transport, faulty, slot: me.slot },
    privateKey: options.privateKey,
    isResumed: options.isResumed,
  });
  const { session } = match;
  void transport.closed.then((reason) => {
    if (reason.kind !== "failed") return;
    session.loseConnection(nowMs(), reason.message);
  });
  const file = recordingFileFor(options);
  if (file) stack.use(file);
  await runMatchLoop({
    session,
    transport,
    nowMs,
    input: () => match.input(),
    onAdvance() {
      stage.update();
      file?.offer(match.sealedRecording);
    },
    signal: options.signal,
  });
  // Whoever only lost the connection may come back, for which the seat stays on file.
  if (session.outcome?.reason !== "connection lost") await kept?.forget();
  return session.outcome;
}

function epochOf({ players }: StartMessage, slot: number): number {
  return players.find((player) => player.slot === slot)?.epoch ?? 0;
}

/** Keeps the seat on file if that is possible: a match can be played without. */
async function keepMatchSeat(
  stateFolder: string,
  { start, ...player }:
    & Pick<SavedSeat, "slot" | "lobby" | "name" | "control" | "privateKey">
    & { readonly start: StartMessage },
): Promise<KeptSeat | undefined> {
  const { match, token } = start;
  try {
    return await keepSeat(stateFolder, { ...player, match, token });
  } catch (error) {
    if (!(error instanceof StateFolderError)) throw error;
    log.warn("{message} After a crash nobody can come back.", {
      message: error.message,
    });
    return undefined;
  }
}

function recordingFileFor(
  { isRecording, stateFolder, start: { match }, me: { slot } }: MatchRunOptions,
): RecordingFile | undefined {
  if (!isRecording || stateFolder === undefined) return undefined;
  return new RecordingFile({ stateFolder, match, slot });
}
