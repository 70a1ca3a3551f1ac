/**
 * Words of `index.html` that never change, by the key that an element bears as `data-text` (its
 * text), `data-placeholder` (shown in an empty field) or `data-label` (a name for what has no text).
 *
 * @module
 */

export const LABELS: Readonly<Record<string, string>> = {
  tagline: "Two to four players, one quiet court.",
  name: "Your name",
  look: "Your colour",
  mode: "What to play",
  rules: "Rules",
  players: "Players",
  points: "Points to win",
  lives: "Lives each",
  skill: "Bots play",
  room: "Room code",
  newRoom: "A new room",
  host: "Computer of the lobby",
  more: "Port",
  port: "Port of the lobby",
  invite: "Friends type this to join.",
  seats: "Players",
  leave: "Leave",
  tools: "Tools",
  mute: "Mute (M)",
  fullscreen: "Full screen (F)",
  inspect: "Inspect the network (I)",
  settings: "Settings",
  leaveMatch: "Leave the match",
  rematch: "Rematch",
  saveReplay: "Save replay",
  backToStart: "Back to start",
  volume: "Volume",
  muteSound: "Mute the sound",
  filter: "Smooth the ball near the others' paddles",
  ownSide: "Show my side",
  keys: "Keys, besides the arrow keys",
  done: "Done",
  leaveQuestion: "Leave the match?",
  leaveWhatThen: "The others go on without you.",
  stay: "Stay",
};
