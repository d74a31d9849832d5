/** A Monitor document. */
export interface FoundMonitor {
  readonly name: string;
}

/**
 * The Monitor documents of a file that say something of drift, as far as a quick look tells: the server reads the file once
 * one of them was chosen, and says what is wrong with it.
 */
export function monitorsIn(text: string): FoundMonitor[] {
  return monitorsWith(/^drift:/m, text);
}

/** As {@link monitorsIn}: those that a dashboard has something to draw of. */
export function drawnMonitorsIn(text: string): FoundMonitor[] {
  return monitorsWith(/^(?:drift|performance|metrics):/m, text);
}

function monitorsWith(section: RegExp, text: string): FoundMonitor[] {
  return text.split(/^---.*$/m).flatMap((document) => {
    if (!/^kind:\s*["']?Monitor\b/m.test(document) || !section.test(document)) return [];
    const metadata = /^metadata:(.*(?:\n(?:[ \t].*|))*)/m.exec(document)?.[1] ?? '';
    const name = /(?:^|[\s{,])name:\s*["']?([^\s"',}#]+)/.exec(metadata)?.[1];
    return name === undefined ? [] : [{ name }];
  });
}
