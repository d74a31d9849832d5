import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './compare.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/data-grid.ts';
import '../shared/metric-tile.ts';
import './comparison-table.ts';
import './run-legend.ts';
import './run-plot.ts';
import { startPanel } from '../shared/panel.ts';
import { ComparePanel } from './compare-panel.ts';

void startPanel('compare', new ComparePanel());
