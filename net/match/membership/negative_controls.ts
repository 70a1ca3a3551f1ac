/**
 * Negative controls: each disables one rule, so that a test can prove that the simulator notices.
 *
 * @module
 */

/** Which rules are disabled; none in a real match. */
export interface NegativeControls {
  /** The start is said once, by slot 0. */
  readonly isStartSaidOnce?: boolean;
  /** The lowest inputs that anybody holds count instead of the highest. */
  readonly isCutMinimum?: boolean;
  /** Inputs of those to be dropped still come in, and are confirmed, during an attempt. */
  readonly isUnfrozen?: boolean;
  /** A change is committed as soon as all attempt it. */
  readonly isUnagreed?: boolean;
  /** What was agreed in earlier attempts is forgotten, or the newest that anybody shows counts. */
  readonly agreedBefore?: "forgotten" | "newest";
  /** Whoever hears a returning player takes it back alone. */
  readonly isReturnUnagreed?: boolean;
  /** A host declares the result as soon as it has confirmed it alone. */
  readonly isResultUnagreed?: boolean;
  /** Each input is sent three times, acknowledged or not. */
  readonly isSentThrice?: boolean;
  /** A host's own sleep counts as the others' silence. */
  readonly isSleepCounted?: boolean;
  /** A commit counts on the word of one member. */
  readonly isCommitUnshown?: boolean;
  /** What others pass on of a member counts as its word, without a proof. */
  readonly isHearsayWord?: boolean;
  /** One member alone decides whom to drop. */
  readonly isSuspicionUnshared?: boolean;
  /** Whoever speaks is heard, whatever it keeps from the others. */
  readonly isKeepingHeard?: boolean;
  /** Inputs that are passed on count, though their member brings them itself. */
  readonly isPassedOnTaken?: boolean;
  /** Nobody is suspected for another state than most hold. */
  readonly isDifferenceKept?: boolean;
  /** Whoever comes back takes the first state that it is offered. */
  readonly isSnapshotUnclaimed?: boolean;
}
