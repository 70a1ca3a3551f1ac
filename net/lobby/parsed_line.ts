/**
 * Parses what players and lobby say to each other: a line becomes a message of the protocol, or what
 * to answer instead. Nothing that comes in is trusted, and none of it throws.
 *
 * @module
 */
import { z } from "zod";
import {
  type ClientMessage,
  clientMessage,
  type ErrorMessage,
  errorMessage,
  type LobbyMessage,
  lobbyMessage,
  PROTOCOL_VERSION,
} from "./protocol.ts";

/** What a lobby makes of a line: a message, or the error with which to answer it. */
export type ParsedLine =
  | { readonly kind: "message"; readonly message: ClientMessage }
  | { readonly kind: "bad"; readonly answer: ErrorMessage };

/** Parses a client's line. Its version is checked first: another version may look different. */
export function parseClientLine(line: string): ParsedLine {
  const value = parseJson(line);
  const foreign = foreignVersion(value);
  if (foreign !== undefined) {
    return { kind: "bad", answer: versionError(foreign) };
  }
  const parsed = clientMessage.safeParse(value);
  if (parsed.success) return { kind: "message", message: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue.path.length > 0 ? `"${issue.path.join(".")}": ` : "";
  const example = `{"type":"join","version":${PROTOCOL_VERSION},"name":"Mia"}`;
  return {
    kind: "bad",
    answer: errorMessage(
      "bad_message",
      `Cannot understand this line: ${where}${issue.message} ` +
        `The lobby takes one JSON object a line, for example ${example}`,
    ),
  };
}

/**
 * Parses a lobby's line; `undefined` for what isn't a message of this protocol. What an `error` says
 * about lines is for who writes them by hand: a person gets a sentence instead.
 */
export function parseLobbyLine(line: string): LobbyMessage | undefined {
  const message = lobbyMessage.safeParse(parseJson(line)).data;
  if (message?.type !== "error") return message;
  const isForPrograms = LINE_CODES.has(message.code) ||
    /[{}]/.test(message.message);
  return isForPrograms ? { ...message, message: NOT_UNDERSTOOD } : message;
}

const LINE_CODES: ReadonlySet<string> = new Set(
  ["bad_message", "line_too_long"] satisfies ErrorMessage["code"][],
);
const NOT_UNDERSTOOD = "The lobby doesn't understand this program. " +
  "Update both, so that they are of the same version.";

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // No message: every schema refuses it and says what was expected.
  }
}

/** The version that a message states, if it isn't ours. */
function foreignVersion(value: unknown): number | undefined {
  const versioned = z.enum(["join", "return"]);
  const parsed = z.object({ type: versioned, version: z.int() })
    .safeParse(value);
  if (!parsed.success || parsed.data.version === PROTOCOL_VERSION) {
    return undefined;
  }
  return parsed.data.version;
}

function versionError(theirs: number): ErrorMessage {
  const older = theirs < PROTOCOL_VERSION
    ? "Update the player: it is the older one."
    : "Update the lobby: it is the older one.";
  return errorMessage(
    "version",
    `The lobby speaks protocol version ${PROTOCOL_VERSION}, ` +
      `this player version ${theirs}. ${older}`,
  );
}
