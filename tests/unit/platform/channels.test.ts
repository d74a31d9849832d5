import { describe, expect, it } from 'vitest';
import { resolveAlerting, secretsOfChannel } from '#server/platform/configuration/channels.ts';
import { parseWorkspaceDocument } from '#server/platform/configuration/document.ts';
import { createEnvironment } from '#server/platform/configuration/environment.ts';

function channel(entry: string, env: Record<string, string> = {}, dotenv: Record<string, string> = {}) {
  const source = `kind: Workspace
monitoring: {alertmanager: 'http://manager:9093'}
alerting: {runbookBase: 'https://r.example', channels: [{name: team, ${entry}}]}
`;
  const { document } = parseWorkspaceDocument(source, 'mlops.yaml');
  const { channels } = resolveAlerting(document, createEnvironment(env, dotenv));
  return channels[0];
}

const mail =
  "type: email, host: mail.example, from: a@b.c, to: [x@y.z], username: u, password: '${{ secrets.SMTP_PASSWORD }}'";
const hook = "type: webhook, url: 'https://hook.example/in', secret: '${{ secrets.HOOK_SECRET }}'";

describe('a channel of the configuration', () => {
  it('is asked about where a file names its address, and not where the person does', () => {
    const entry = "type: slack, webhook: '${{ secrets.SLACK_WEBHOOK }}'";
    const url = 'https://hooks.slack.example/T/B/x';
    expect(channel(entry, { SLACK_WEBHOOK: url })).toMatchObject({ url, consent: 'given' });
    expect(channel(entry, {}, { SLACK_WEBHOOK: url })).toMatchObject({ url, consent: 'ask' });
    expect(channel(`type: slack, webhook: '${url}'`)).toMatchObject({
      consent: 'ask',
      origin: 'https://hooks.slack.example',
    });
    expect(
      channel('type: email, host: mail.example, from: a@b.c, to: [x@y.z]', { SMTP_HOST: 'mail.example' }),
    ).toMatchObject({
      consent: 'given',
      origin: 'smtp://mail.example:587',
    });
  });

  it('gets a secret of the person only where they say that it is for that server', () => {
    const person = { SMTP_PASSWORD: 'p', HOOK_SECRET: 's' };
    expect(channel(mail, { ...person, SMTP_HOST: 'mail.example' })).toMatchObject({ credential: { password: 'p' } });
    expect(channel(mail, {}, person)).toMatchObject({ credential: { password: 'p' } });
    expect(channel(mail, { ...person, SMTP_HOST: 'other.example' })).toMatchObject({ type: 'broken' });
    expect(channel(mail, person)).toMatchObject({ problem: expect.stringContaining('Set SMTP_HOST') });
    expect(channel(hook, { ...person, HOOK_URL: 'https://hook.example/in' })).toMatchObject({ secret: 's' });
    expect(channel(hook, { ...person, HOOK_URL: 'https://evil.example/in' })).toMatchObject({ type: 'broken' });
    expect(channel(hook, person)).toMatchObject({ problem: expect.stringContaining('Set HOOK_URL') });
  });

  it('says what is wrong with its entry', () => {
    expect(channel('type: pager')).toMatchObject({ type: 'broken', name: 'team' });
    expect(channel("type: slack, webhook: 'ftp://x'")).toMatchObject({
      problem: expect.stringContaining('no web address'),
    });
    expect(channel(mail)).toMatchObject({ problem: 'The environment variable SMTP_PASSWORD is not set.' });
    expect(channel("type: webhook, url: 'https://h', headers: {A: 'Bearer ${{ env.T }}'}", { T: 't' })).toMatchObject({
      problem: expect.stringContaining('name one variable'),
    });
    expect(channel("type: email, host: 'a b', from: a@b.c, to: [x@y.z]")).toMatchObject({ type: 'broken' });
  });

  it('of Alertmanager is the one of `monitoring` where none is named', () => {
    expect(channel('type: alertmanager')).toMatchObject({ url: 'http://manager:9093' });
  });

  it('tells what of it must never show', () => {
    const slack = channel("type: slack, webhook: 'https://hooks.example/T/secret'");
    expect(slack && secretsOfChannel(slack)).toEqual(['https://hooks.example/T/secret', '/T/secret']);
    const headers = "headers: {X-Team: growth, Authorization: '${{ secrets.HOOK_TOKEN }}'}";
    const webhook = channel(`${hook}, ${headers}`, {}, { HOOK_SECRET: 's', HOOK_TOKEN: 't' });
    expect(webhook && secretsOfChannel(webhook)).toEqual(['s', 't']);
  });
});
