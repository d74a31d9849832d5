import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './runs.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/data-grid.ts';
import './column-picker.ts';
import './filter-box.ts';
import { startPanel } from '../shared/panel.ts';
import { RunsPanel } from './runs-panel.ts';

void startPanel('runs', new RunsPanel());
