import { marked } from 'marked';
import sanitizeHtml from 'sanitize-html';

/** A model card (Markdown, with whatever somebody wrote into it) as HTML that runs nothing and loads nothing. */
export async function cardHtml(markdown: string): Promise<string> {
  return sanitizeHtml(await marked.parse(markdown, { gfm: true }), {
    allowedTags: sanitizeHtml.defaults.allowedTags.filter((tag) => tag !== 'img'),
    allowedAttributes: { a: ['href', 'title'], th: ['align'], td: ['align'], ol: ['start'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
  });
}
