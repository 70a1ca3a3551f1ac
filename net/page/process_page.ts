/**
 * A process's page, for as long as the process lives. What it is about at the moment (a start
 * screen, a room with its matches, a watched match, a replay) is a *stage*, which says what to show
 * and hears what the page asks for.
 *
 * @module
 */
import { renderSVG } from "uqr";
import type { State } from "../../game/state.ts";
import { reachableAddresses } from "../link/listen.ts";
import type { Asset, Assets } from "./assets.ts";
import { Attention } from "./attention.ts";
import { DEFAULT_PREFERENCES, type Preferences } from "./message.ts";
import type { View } from "./protocol.ts";
import { type PageServer, servePage } from "./server.ts";
import type { Stage } from "./stage.ts";

/** The page gets a view when it has changed, and at the latest after this. */
const VIEW_AT_LEAST_EVERY_MS = 250;

/** What to serve, to whom, and what to begin with. */
export interface ProcessPageOptions {
  /** The page's files; none for a bot, which only answers `/status`. */
  readonly assets: Assets;
  /** 0 takes any free port. */
  readonly pagePort: number;
  /** Whether other machines may open the page. */
  readonly isLan: boolean;
  /** What was chosen before; the defaults, if not given. */
  readonly preferences?: Preferences;
  readonly onPreferences?: (preferences: Preferences) => void;
  /** For the token: whoever knows it may steer. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  readonly stage: Stage;
}

/** How a page is reached. */
export interface PageAddresses {
  /** The address to open; for a bot, of its `/status`. */
  readonly url: string;
  /** The one to open by a program: good for one use, for programs' arguments aren't secret. */
  readonly openUrl: string;
  /** The same for other machines; empty where they may not open it. */
  readonly lanUrl: string;
}

/** A served page, which may be open in several browsers. Disposing it closes it everywhere. */
export interface ProcessPage extends PageAddresses, AsyncDisposable {
  readonly port: number;
  /** The person's input as it is now, −127…127; 0 where the page that steered seems dead. */
  readonly axis: number;
  /** Whether somebody sees a page, or has done so within the last two seconds. */
  readonly isAttended: boolean;
  /** Whether the inspector is open in any browser. */
  readonly isInspected: boolean;
  /** Shows another stage from now on. */
  begin(stage: Stage): void;
  /** Shows the stage's view, if it has changed or is old. */
  show(): void;
  /** Shows states, the newest last; asked for only while a page is open, and when one opens. */
  showStates(statesNow: () => readonly State[]): void;
}

/** Serves the page. Rejects with an `Error` when the port can't be used. */
export async function openProcessPage(
  options: ProcessPageOptions,
): Promise<ProcessPage> {
  const { assets, pagePort, isLan, nowMs, onPreferences } = options;
  let { preferences = DEFAULT_PREFERENCES, stage } = options;
  const attention = new Attention();
  let isAttended = false;
  let shown = "";
  let shownMs = -Infinity;

  const show = () => {
    const view: View = {
      ...stage.view(),
      phoneUrl: page.lanUrl,
      preferences,
    };
    const text = JSON.stringify(view);
    const isOld = nowMs() - shownMs >= VIEW_AT_LEAST_EVERY_MS;
    if (text === shown && !isOld) return;
    shown = text;
    shownMs = nowMs();
    page.push(view);
  };
  const noteAttention = () => {
    if (attention.isAttendedAt(nowMs()) === isAttended) return;
    isAttended = !isAttended;
    stage.attend?.(isAttended);
  };
  const page: PageServer = await servePage({
    port: pagePort,
    lanAddresses: isLan ? reachableAddresses("0.0.0.0") : [],
    assets,
    token: newToken(options.randomBytes),
    ticket: newToken(options.randomBytes),
    // A page outlives the match, so that its last word stays readable: disposal ends it.
    signal: new AbortController().signal,
    onInput: (axis) => attention.steer(axis, nowMs()),
    onAlive(isSteering) {
      attention.see(isSteering, nowMs());
      noteAttention();
    },
    onRequest(request) {
      if (request.kind === "preferences") {
        preferences = request.preferences;
        onPreferences?.(preferences);
      } else stage.take(request);
      show();
    },
    status: () => stage.status(),
    downloads: new Map([
      ["/qr.svg", () => page.lanUrl ? qrCodeOf(page.lanUrl) : undefined],
      ["/replay", () => stage.recording()],
    ]),
  });
  // A view tells seconds, which pass also where nothing else happens.
  const timer = setInterval(() => {
    noteAttention();
    show();
  }, VIEW_AT_LEAST_EVERY_MS);
  return {
    port: page.port,
    url: assets.size > 0 ? page.url : `http://127.0.0.1:${page.port}/status`,
    openUrl: page.openUrl,
    lanUrl: page.lanUrl,
    get axis() {
      return attention.axisAt(nowMs());
    },
    get isAttended() {
      return attention.isAttendedAt(nowMs());
    },
    get isInspected() {
      return page.isInspected;
    },
    begin(next) {
      stage = next;
      attention.steer(0, nowMs());
      stage.attend?.(isAttended);
      show();
    },
    show,
    showStates: (statesNow) => page.pushStates(statesNow),
    [Symbol.asyncDispose]() {
      clearInterval(timer);
      return page[Symbol.asyncDispose]();
    },
  };
}

function newToken(randomBytes: (length: number) => Uint8Array): string {
  return Array.from(
    randomBytes(16),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Draws a QR code of `text`, dark on light as every reader expects, with its quiet zone. */
export function qrCodeOf(text: string): Asset {
  const svg = renderSVG(text, { border: 4, ecc: "M" });
  return { type: "image/svg+xml", body: new TextEncoder().encode(svg) };
}
