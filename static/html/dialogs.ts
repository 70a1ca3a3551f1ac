/**
 * Dialogs over the page. The browser itself keeps the focus inside and closes them with Esc.
 *
 * @module
 */

/** Readies a dialog: a click beside it closes it, and its keys reach neither paddle nor shortcuts. */
export function prepareDialog(dialog: HTMLDialogElement): void {
  dialog.addEventListener("click", (event) => {
    // Only what lies around the content has the dialog itself as the target.
    if (event.target === dialog && !isInside(dialog, event)) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
}

function isInside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const { clientX, clientY } = event;
  return clientX >= left && clientX <= right && clientY >= top &&
    clientY <= bottom;
}

/** Asks whether to leave the match, and calls `onLeave` when that is so. Returns how to ask. */
export function createLeaveDialog(
  dialog: HTMLDialogElement,
  onLeave: () => void,
): () => void {
  prepareDialog(dialog);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "leave") onLeave();
  });
  return () => {
    // Esc sets no answer, and would leave that of the time before.
    dialog.returnValue = "";
    dialog.showModal();
  };
}
