/**
 * Every word of the network inspector.
 *
 * @module
 */

export const INSPECTOR_TEXTS = {
  title: "Network",
  close: "Close",
  explanation:
    "The last 20 s. The thin outlines are the confirmed truth; what you see ahead of it is predicted.",
  noMatch: "No match is running, so there is nothing to show.",
  noNetwork: "A replay uses no network, so there is nothing to show.",
  noMeasurements: "Waiting for the first measurements.",
  unknown: "unknown",

  roundTrip: "Round trip",
  jitter: "Jitter",
  rollback: "Rollback",
  waited: "Waited",
  predicted: "Predicted",
  confirmedLag: "Confirmed lag",
  bytes: "kB/s",
  packets: "Packets/s",
  rejected: "Rejected",

  faults: "Make your own link worse",
  noFaults: "You are watching, so there is no link of yours to make worse.",
  latency: "Latency",
  faultJitter: "Jitter",
  loss: "Loss",
  cut: "Cut the link",
  cutDetail: "If that lasts longer than 2 s, the others drop you.",
  reset: "Reset",
} as const;

/** "150 ms" */
export function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

/** "0.4 s" */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** "1 tick", "9 ticks" */
export function ticks(count: number): string {
  return count === 1 ? "1 tick" : `${count} ticks`;
}

/** "62" */
export function count(number: number): string {
  return String(Math.round(number));
}

/** "3.1" */
export function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

/** "5 kB/s" */
export function kilobytesPerSecond(bytes: number): string {
  return `${bytes / 1000} kB/s`;
}

/** "62 in" and "60 out": above and below the plot's axis. */
export function inward(text: string): string {
  return `${text} in`;
}

export function outward(text: string): string {
  return `${text} out`;
}

export function percent(share: number): string {
  return `${share} %`;
}
