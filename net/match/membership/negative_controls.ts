/**
 * Rules that a simulation leaves out to see that it then fails. A match leaves out none.
 *
 * @module
 */

export interface NegativeControls {
  /** The start is said once, by slot 0. */
  readonly isStartSaidOnce?: boolean;
  /** The lowest inputs that anybody holds count instead of the highest. */
  readonly isCutMinimum?: boolean;
  /** Inputs of those to be dropped still come in, and are confirmed, during an attempt. */
  readonly isUnfrozen?: boolean;
  /** A change is committed as soon as all attempt it. */
  readonly isUnagreed?: boolean;
  /** What was agreed in an earlier attempt: forgotten, or the newest that anybody shows counts. */
  readonly agreedBefore?: "forgotten" | "newest";
  /** Whoever hears a returning player takes it back alone. */
  readonly isReturnUnagreed?: boolean;
  /** A host declares the result as soon as it has confirmed it alone. */
  readonly isResultUnagreed?: boolean;
  /** Each input is sent three times, acknowledged or not. */
  readonly isSentThrice?: boolean;
}
