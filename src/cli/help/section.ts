/** A part of the help, in forms of which each is shorter than the one before. */
export class Section {
  #form = 0;

  constructor(
    readonly forms: readonly (readonly string[])[],
    /** Whether it needs no empty line before it when it stands in a short form below another such section. */
    readonly isTight = false,
  ) {}

  get lines(): readonly string[] {
    return this.forms[this.#form] ?? [];
  }

  get isShortened(): boolean {
    return this.lines.length < (this.forms[0] ?? []).length;
  }

  /** Takes the next form, if there is one. */
  shorten(): void {
    this.#form = Math.min(this.#form + 1, this.forms.length - 1);
  }
}

/** Shortens sections, one form at a time in the order of `savings`, until all fit into so many lines. */
export function shortenToFit(
  sections: readonly Section[],
  savings: readonly Section[],
  height: number,
): void {
  for (const section of savings) if (linesOf(sections).length > height) section.shorten();
}

/** The sections with an empty line between them. An empty section leaves no gap. */
export function joined(sections: readonly Section[]): string {
  return `${linesOf(sections).join('\n')}\n`;
}

function linesOf(sections: readonly Section[]): string[] {
  const shown = sections.filter(({ lines }) => lines.length > 0);
  return shown.flatMap((section, index) => {
    const before = shown[index - 1];
    const needsGap = before !== undefined && !(isTight(before) && isTight(section));
    return needsGap ? ['', ...section.lines] : section.lines;
  });
}

function isTight({ isTight, isShortened, forms }: Section): boolean {
  return isTight && (isShortened || forms.length === 1);
}
