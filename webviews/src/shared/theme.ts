import { opaque } from './palette.ts';

/** What charts need to know of VS Code's theme: a canvas can't read CSS variables by itself. */
export interface Theme {
  readonly kind: 'light' | 'dark';
  readonly highContrast: boolean;
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly fontFamily: string;
  readonly fontSize: number;
  /** The theme's own colours of charts: blue, orange, green, red, purple, yellow. */
  readonly charts: readonly string[];
}

const chartNames = ['blue', 'orange', 'green', 'red', 'purple', 'yellow'];

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const value = (name: string, fallback: string) => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const { classList } = document.body;
  const highContrast = classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
  const light = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
  const foreground = value('foreground', 'CanvasText');
  return {
    kind: light ? 'light' : 'dark',
    highContrast,
    foreground,
    muted: value('descriptionForeground', foreground),
    background: value('editor-background', 'Canvas'),
    grid: highContrast ? value('contrastBorder', foreground) : value('charts-lines', foreground),
    fontFamily: value('font-family', 'sans-serif'),
    fontSize: Number.parseFloat(value('font-size', '13px')) || 13,
    charts: chartNames.map((name) => opaque(value(`charts-${name}`, foreground))),
  };
}

/** Calls back after every change of theme. VS Code tells of it by the body's class and the root's variables. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
