/** Until when something waits, by `performance.now`, and what happens then. In a ring with others: its neighbours. */
export class Deadline {
  before: Deadline = this;
  next: Deadline = this;

  constructor(
    readonly at: number,
    readonly expire: () => void,
  ) {}
}

/** The deadlines of all that waits on a connection, with one timer: one for each would cost as much as the command itself. */
export class Deadlines {
  /** Begins and ends the ring. */
  readonly #ring = new Deadline(Number.POSITIVE_INFINITY, () => {});
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  #firesAt = Number.POSITIVE_INFINITY;

  add(deadline: Deadline): void {
    const last = this.#ring.before;
    deadline.before = last;
    deadline.next = this.#ring;
    last.next = deadline;
    this.#ring.before = deadline;
    if (deadline.at < this.#firesAt) this.#fireAt(deadline.at);
    else if (last === this.#ring) this.#timer?.ref();
  }

  /** The timer stays for the next deadline, and keeps no process alive meanwhile. */
  delete(deadline: Deadline): void {
    deadline.before.next = deadline.next;
    deadline.next.before = deadline.before;
    deadline.before = deadline;
    deadline.next = deadline;
    if (this.#ring.next === this.#ring) this.#timer?.unref();
  }

  #fireAt(time: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = time;
    this.#timer = setTimeout(() => this.#fire(), Math.ceil(time - performance.now()));
  }

  #fire(): void {
    const now = performance.now();
    const over: Deadline[] = [];
    this.#firesAt = Number.POSITIVE_INFINITY;
    let first = Number.POSITIVE_INFINITY;
    for (let one = this.#ring.next; one !== this.#ring; one = one.next)
      if (one.at <= now) over.push(one);
      else first = Math.min(first, one.at);
    for (const deadline of over) this.delete(deadline);
    if (first < Number.POSITIVE_INFINITY) this.#fireAt(first);
    for (const { expire } of over) expire();
  }
}
