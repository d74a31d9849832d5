import {
  commands,
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';

const scheme = 'mlops-text';

interface TextPair {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly title: string;
}

/** Texts made to be read: they are in no file, can't be changed, and closing them asks nothing. */
export class ReadOnlyTexts implements TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: readonly Disposable[];

  constructor() {
    this.subscriptions = [
      workspace.registerTextDocumentContentProvider(scheme, this),
      workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    ];
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows a text by a name whose ending tells its language; one of the same name is replaced. */
  async show(name: string, text: string): Promise<void> {
    const uri = this.keep(name, text);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  /** Shows how a text differs from another, in the editor's own diff. */
  async diff({ name, before, after, title }: TextPair): Promise<void> {
    await commands.executeCommand(
      'vscode.diff',
      this.keep(`before/${name}`, before),
      this.keep(`after/${name}`, after),
      title,
      {
        preview: true,
      },
    );
  }

  private keep(name: string, text: string): Uri {
    const uri = Uri.from({ scheme, path: `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}
