export interface PanelContent {
  /** What a `script` element needs to run; new for every page. */
  readonly nonce: string;
  /** The webview's own origin of files. */
  readonly cspSource: string;
  readonly script: string;
  readonly styles: readonly string[];
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
}

/** Nothing but our own files: one script by its nonce, styles, fonts and images; artifact images come as data. */
export function contentSecurityPolicy({ nonce, cspSource }: Pick<PanelContent, 'nonce' | 'cspSource'>): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/** The page a panel starts from; everything in it is made by its script. */
export function panelHtml(content: PanelContent): string {
  const { nonce, script, styles, title, language } = content;
  const links = styles.map((href) => `<link rel="stylesheet" id="${styleId(href)}" href="${escapeHtml(href)}">`);
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(content))}">
<title>${escapeHtml(title)}</title>
${links.join('\n')}
</head>
<body>
<main id="root"></main>
<script type="module" nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`;
}

/** The elements library looks for the icon font's sheet by this id. */
function styleId(href: string): string {
  return href.includes('codicon') ? 'vscode-codicon-stylesheet' : 'panel-stylesheet';
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
