/**
 * The small buttons beside the court: sound, full screen, inspector, settings, leave.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { element } from "../html/elements.ts";

export interface ToolbarOptions {
  readonly onMute: () => void;
  readonly onInspect: () => void;
  readonly onSettings: () => void;
  readonly onLeave: () => void;
}

export interface Toolbar {
  show(view: View | undefined, preferences: Preferences | undefined): void;
  /** Goes into full screen, or out of it; does nothing where the browser can't. */
  toggleFullscreen(): void;
}

/** Takes over `#toolbar`. */
export function createToolbar(
  document: Document,
  { onMute, onInspect, onSettings, onLeave }: ToolbarOptions,
): Toolbar {
  const root = element(document, "#toolbar");
  const button = (name: string) => element(root, `[data-testid="${name}"]`);
  const mute = button("mute");
  const fullscreen = button("fullscreen");
  const inspect = button("inspect");
  const settings = button("open-settings");
  const leave = button("leave");
  const inspector = element(document, "#inspector");

  const toggleFullscreen = async () => {
    if (!document.fullscreenEnabled) return;
    try {
      if (document.fullscreenElement !== null) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      // The browser may refuse, and shows that by staying as it is.
    }
  };
  mute.addEventListener("click", onMute);
  fullscreen.addEventListener("click", toggleFullscreen);
  inspect.addEventListener("click", onInspect);
  settings.addEventListener("click", onSettings);
  leave.addEventListener("click", onLeave);
  fullscreen.hidden = !document.fullscreenEnabled;
  fullscreen.ariaPressed = "false";
  document.addEventListener("fullscreenchange", () => {
    fullscreen.ariaPressed = String(document.fullscreenElement !== null);
  });

  return {
    toggleFullscreen: () => void toggleFullscreen(),
    show(view, preferences) {
      root.hidden = view === undefined;
      if (view === undefined) return;
      mute.ariaPressed = String(preferences?.isMuted ?? false);
      const isMatch = view.phase !== "start" && view.phase !== "lobby";
      inspect.hidden = !isMatch || view.role === "replay";
      inspect.ariaExpanded = String(!inspector.hidden);
      // The result has a button of its own for it.
      leave.hidden = !isMatch || !view.canLeave || view.phase === "over";
    },
  };
}
