// Whatever is asked of a lobby, with a first line: how that fails, in virtual time.
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { JoinError } from "../../net/lobby/join_error.ts";
import { joinLobby } from "../../net/lobby/seat.ts";
import { watchLobby } from "../../net/lobby/watch.ts";
import { openRelay, openRelayWatch } from "../../net/transport/relay.ts";
import { FOREVER } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";

const NO_LOBBY = "does not answer as a lobby does";
const NO_ANSWER = "it doesn't answer";
const REFUSAL = { type: "error", code: "rules", message: "Other rules." };
const UNREADABLE = { type: "error", code: "bad_message", message: "[zod]" };
const SEAT = { type: "relay", slot: 0, epoch: 0 };
const PONG = { type: "pong" };
const WATCH = { type: "watch" };

/** Who asks, how long for an answer, which one it doesn't want, and how it fails. */
const ASKING = [
  ["joining", joinLobby, 5_000, PONG, NO_LOBBY, JoinError],
  ["watching", watchLobby, 5_000, PONG, NO_LOBBY, JoinError],
  ["opening a relay", openRelay, 3_000, WATCH, NO_ANSWER, NetworkError],
  ["listening to it", openRelayWatch, 3_000, SEAT, NO_ANSWER, NetworkError],
] as const;

/** A match begins meanwhile, and its players wait so long for each other. */
const PATIENCE_MS = 25_000;

for (const [what, ask, timeoutMs, unwanted, wrong, Refused] of ASKING) {
  for (
    const [how, answer, why, Failure] of [
      ["it refuses", REFUSAL, "Other rules.", Refused],
      ["it can't read the line", UNREADABLE, "Update both", Refused],
      ["it refuses in JSON", { ...REFUSAL, message: "{}" }, "same", Refused],
      ["a lobby says something else", unwanted, wrong, NetworkError],
      ["no lobby answers", "HTTP/1.1 400", "a web server", NetworkError],
      [`nothing is said for ${timeoutMs} ms`, "nothing", wrong, NetworkError],
      ["its signal aborts", "abort", "enough", Error],
    ] as const
  ) {
    Deno.test(`${what} fails when ${how}`, async () => {
      using time = new VirtualTime();
      using lobby = new FakeLobby();
      const stop = new AbortController();
      let failure: unknown;
      ask({
        ...{ hostname: "10.0.0.5", port: 5555, signal: stop.signal },
        ...{ join: { name: "Mia" }, token: "word" },
      }).catch((error: unknown) => failure = error);
      await time.pass(timeoutMs - 1);
      const [far] = lobby.dialled;
      expect(far.isOver).toBe(false);

      if (answer === "nothing") await time.pass(1);
      else if (answer === "abort") stop.abort(new Error("enough"));
      else await lobby.client.say(answer);

      await time.settle();
      const isPatient = timeoutMs === 3_000 && answer !== "abort";
      expect(failure === undefined).toBe(isPatient);
      while (isPatient && failure === undefined && time.nowMs < 40_000) {
        await time.pass(2_000);
        if (answer !== "nothing") await lobby.client.say(answer);
        await time.settle();
      }
      expect(time.nowMs >= PATIENCE_MS).toBe(isPatient);
      expect(failure).toBeInstanceOf(Failure);
      expect(String(failure)).toContain(why);
      far.take();
      expect([far.isOver, lobby.dialled.length > 1]).toEqual([true, isPatient]);
    });
  }
}

/** By who they say answers: how such servers begin, with or without a line's end. */
const STRANGERS = {
  "a web server answers": ["HTTP/1.0 400 Bad Request\r\n", "<html>"],
  "an SSH server answers": ["SSH-2.0-OpenSSH_9.9\r\n"],
  "a RabbitMQ broker, which": ["AMQP\0\0\x09\x01"],
  "a server that wants TLS": ["\x15\x03\x01\0\x02\x02\x46"],
  "a mail or file server": ["220 mail.example ESMTP\r\n"],
  "something else answers": ["-ERR unknown command\r\n", "\0\n"],
};

Deno.test("whoever takes another program for a lobby is told in one sentence what it is", async () => {
  for (const [who, beginnings] of Object.entries(STRANGERS)) {
    for (const beginning of beginnings) {
      using time = new VirtualTime();
      using lobby = new FakeLobby();
      const where = { hostname: "10.0.0.5", port: 22, signal: FOREVER };
      const joining = joinLobby({ ...where, join: { name: "Mia" } });
      joining.catch(() => {});
      await time.settle();
      await lobby.client.say(beginning);

      await expect(joining).rejects.toThrow(NetworkError);
      await expect(joining).rejects
        .toThrow(`There is no lobby at 10.0.0.5:22: ${who}`);
    }
  }
});
