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
}
