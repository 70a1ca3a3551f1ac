/**
 * The command that a friend types.
 *
 * @module
 */
import { expect } from "@std/expect";
import { reachableAddresses } from "../../net/link/listen.ts";
import { DEFAULT_LOBBY_PORT } from "../../net/lobby/protocol.ts";
import { inviteLine } from "../../net/player/invite.ts";

Deno.test("an invite names the lobby as others reach it, and its port where that is not the usual", () => {
  const port = DEFAULT_LOBBY_PORT;
  const room = "ABC";
  const [here = "localhost"] = reachableAddresses("0.0.0.0");

  expect([
    inviteLine({ hostname: "pong.example", port }, { room, pong: "pong" }),
    inviteLine({ hostname: "pong.example", port: 1234 }, {
      room,
      pong: "./pong",
    }),
    inviteLine({ hostname: "localhost", port }, { room, pong: "deno task" }),
  ]).toEqual([
    "pong play --host pong.example --room ABC",
    "./pong play --host pong.example --port 1234 --room ABC",
    `deno task play --host ${here} --room ABC`,
  ]);
});
