import '../shared/setup.ts';
import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './versions.css';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { startPanel } from '../shared/panel.ts';
import { VersionsPanel } from './versions-panel.ts';

void startPanel('versions', new VersionsPanel());
