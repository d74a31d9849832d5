import { lexer } from 'marked';

/**
 * Sections that a model card (Markdown) lacks, or has without a word below. Headings are compared without regard to
 * case and emphasis; what stands below a deeper heading counts for those around it as well.
 */
export function missingSections(card: string, sections: readonly string[]): string[] {
  const filled = filledSections(card);
  return sections.filter((section) => !filled.has(plain(section)));
}

function filledSections(card: string): Set<string> {
  const filled = new Set<string>();
  /** Headings that the current token stands below, the innermost last. */
  let open: { readonly depth: number; readonly name: string }[] = [];
  for (const token of lexer(card)) {
    if (token.type === 'heading') {
      const { depth, text } = token;
      open = [...open.filter((outer) => outer.depth < depth), { depth, name: plain(text) }];
    } else if (token.type !== 'space' && token.type !== 'hr' && !isComment(token)) {
      for (const { name } of open) filled.add(name);
    }
  }
  return filled;
}

function isComment({ type, raw }: { readonly type: string; readonly raw: string }): boolean {
  return type === 'html' && raw.replace(/<!--[\s\S]*?-->/g, '').trim() === '';
}

function plain(heading: string): string {
  return heading.replace(/[*_`]/g, '').trim().toLowerCase();
}
