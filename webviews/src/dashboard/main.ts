import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './dashboard.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { startPanel } from '../shared/panel.ts';
import { DashboardPanel } from './dashboard-panel.ts';

void startPanel('dashboard', new DashboardPanel());
