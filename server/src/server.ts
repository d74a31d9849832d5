import { setFlagsFromString } from 'node:v8';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { initializationOptions } from '#schemas/protocol/workspace.ts';
import { registerBackendForwarding } from './rpc/forward.ts';
import { registerLanguage } from './rpc/language.ts';

// What is read of a workspace is soon garbage. V8 would make over a hundred megabytes of room for it and keep them; a tenth
// more work in a key press is the price of going without.
setFlagsFromString('--semi-space-growth-factor=1');

// Without arguments that name a channel (`--node-ipc`, `--stdio`, `--socket`), an editor other than VS Code means stdio.
if (!process.argv.some((argument) => /^--(?:node-ipc|stdio|socket|pipe)/.test(argument))) process.argv.push('--stdio');

const connection = createConnection(ProposedFeatures.all);
const language = registerLanguage(connection, (method, params, signal) => backend.ask(method, params, signal));
const backend = registerBackendForwarding(connection, {
  onStateChanged: (state) => language.stateChanged(state),
  onTold: (method, params) => language.backendTold(method, params),
});

connection.onInitialize((params) => {
  const options = initializationOptions.safeParse(params.initializationOptions ?? {});
  // An editor that says nothing about trust gets the language features alone.
  const state = options.success ? options.data : initializationOptions.parse({ trusted: false });
  backend.configure(state);
  return { capabilities: language.configure(params, state), serverInfo: { name: 'MLOps Workbench' } };
});
connection.onShutdown(() => backend.dispose());
connection.listen();
