import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './run.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/data-grid.ts';
import '../shared/metric-tile.ts';
import './artifacts-view.ts';
import './metrics-view.ts';
import { startPanel } from '../shared/panel.ts';
import { RunPanel } from './run-panel.ts';

void startPanel('run', new RunPanel());
