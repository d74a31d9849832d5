import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './audit.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/data-grid.ts';
import { startPanel } from '../shared/panel.ts';
import { AuditPanel } from './audit-panel.ts';

void startPanel('audit', new AuditPanel());
