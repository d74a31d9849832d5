import type { Memento } from 'vscode';

export type Answer = 'allow' | 'deny';

export interface OriginQuestion {
  readonly folder: string;
  readonly origin: string;
  /** The configuration's name for what wants to connect. */
  readonly connection: string;
  /** False: answer from what was decided before. */
  readonly ask: boolean;
}

/** Asks the person; undefined where they turned away without an answer. */
export type Ask = (question: OriginQuestion) => Promise<Answer | undefined>;

const key = 'mlops.allowedOrigins';

/**
 * Which origins a folder's configuration may connect to. An answer is kept with the workspace, so that a repository's
 * YAML is asked about once; a question that nobody answered is asked again in the next session.
 */
export class OriginPermissions {
  private readonly open = new Map<string, Promise<boolean>>();
  private readonly turnedAway = new Set<string>();

  private readonly state: Memento;
  private readonly ask: Ask;

  constructor(state: Memento, ask: Ask) {
    this.state = state;
    this.ask = ask;
  }

  /** The kept answer, else the person's. Questions of several connections for one origin are one question. */
  allowed(question: OriginQuestion): Promise<boolean> {
    const id = idOf(question);
    const kept = this.answers()[id];
    if (kept !== undefined) return Promise.resolve(kept === 'allow');
    if (!question.ask || this.turnedAway.has(id)) return Promise.resolve(false);
    const asked = this.open.get(id) ?? this.askAndKeep(question).finally(() => this.open.delete(id));
    this.open.set(id, asked);
    return asked;
  }

  async set(question: Pick<OriginQuestion, 'folder' | 'origin'>, answer: Answer): Promise<void> {
    this.turnedAway.delete(idOf(question));
    await this.state.update(key, { ...this.answers(), [idOf(question)]: answer });
  }

  private async askAndKeep(question: OriginQuestion): Promise<boolean> {
    const answer = await this.ask(question);
    if (answer) await this.set(question, answer);
    else this.turnedAway.add(idOf(question));
    return answer === 'allow';
  }

  private answers(): Readonly<Record<string, string>> {
    return this.state.get<Readonly<Record<string, string>>>(key, {});
  }
}

function idOf({ folder, origin }: Pick<OriginQuestion, 'folder' | 'origin'>): string {
  return `${folder} ${origin}`;
}
