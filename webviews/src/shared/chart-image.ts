import type { Drawing, LineChart } from './drawing.ts';

const padding = 16;
const lineHeight = 18;
const mostNamed = 60;

/** The chart as people paste it elsewhere: title, plot and which line is which run. PNG, base64. */
export function chartImage(chart: LineChart, drawing: Drawing): string {
  const ratio = chart.canvas.width / chart.width;
  const columns = Math.max(1, Math.floor(chart.width / 260));
  const named = drawing.series.slice(0, mostNamed);
  const legendRows = Math.ceil(named.length / columns);
  const width = chart.width + 2 * padding;
  const height = chart.height + 2 * padding + lineHeight * (legendRows + 2);
  const canvas = document.createElement('canvas');
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d');
  if (!context) return '';
  const { theme } = drawing;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  context.fillStyle = theme.foreground;
  context.textBaseline = 'middle';
  context.font = `600 ${theme.fontSize + 1}px ${theme.fontFamily}`;
  context.fillText(drawing.data.key, padding, padding + lineHeight / 2);
  context.drawImage(chart.canvas, padding, padding + lineHeight, chart.width, chart.height);
  context.font = `${theme.fontSize - 1}px ${theme.fontFamily}`;
  const columnWidth = chart.width / columns;
  for (const [index, { name, detail, style }] of named.entries()) {
    const left = padding + (index % columns) * columnWidth;
    const top = chart.height + padding + lineHeight * (Math.floor(index / columns) + 2);
    context.strokeStyle = style.color;
    context.lineWidth = 2;
    context.setLineDash([...style.dash]);
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(left + 24, top);
    context.stroke();
    context.fillText(detail ? `${name} · ${detail}` : name, left + 30, top, columnWidth - 40);
  }
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}
