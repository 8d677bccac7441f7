// @ts-check
// Undo and redo. The browser's own history holds the steps, and each of its entries says which step it is.

/**
 * What a browser's history can do.
 * @typedef {Pick<History, "state" | "pushState" | "replaceState" | "back" | "forward">} Entries
 */

export class Steps {
  /** @param {Entries} entries */
  constructor(entries) {
    this.entries = entries;
    this.walk = NaN; // the one that the entries shown belong to
    this.furthest = 0; // its last step that redo can reach
    this.arrive();
  }

  /** How many steps of its walk were taken before the entry that is shown. */
  get step() {
    return this.entries.state?.step || 0;
  }

  get canUndo() {
    return this.step > 0;
  }

  get canRedo() {
    return this.step < this.furthest;
  }

  /**
   * A new step, or the same one under another address.
   * @param {string} url
   * @param {boolean} isStep
   */
  write(url, isStep) {
    this.arrive();
    const { walk } = this;
    const step = this.step + (isStep ? 1 : 0);
    if (isStep) this.furthest = step;
    if (isStep) this.entries.pushState({ walk, step }, "", url);
    else this.entries.replaceState({ walk, step }, "", url);
  }

  /** The browser may have gone to another entry; one that a page or a link has made begins another walk. */
  arrive() {
    const walk = this.entries.state?.walk ?? Math.random();
    this.furthest = walk === this.walk ? Math.max(this.furthest, this.step) : this.step;
    this.walk = walk;
  }

  undo() {
    if (this.canUndo) this.entries.back();
  }

  redo() {
    if (this.canRedo) this.entries.forward();
  }
}
