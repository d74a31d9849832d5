import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './drift.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/data-grid.ts';
import { startPanel } from '../shared/panel.ts';
import { DriftPanel } from './drift-panel.ts';

void startPanel('drift', new DriftPanel());
