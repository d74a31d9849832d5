import { describe, expect, test } from 'vitest';
import { createEnvironment } from '#server/platform/configuration/environment.ts';
import { expandAddress } from '#server/platform/configuration/expressions.ts';

const environment = createEnvironment(
  {
    URI: 'https://ml.example.com/prefix',
    BARE: 'https://ml.example.com',
    HOST: 'ml.example.com',
    TOKEN: 'real-token',
    TEAM_HOSTNAME: 'mlflow',
    ADDR: '10.0.0.7:5000',
    V6_ADDR: '[::1]:5000',
    ODD_HOST: 'ghp_real-token',
    LONG_HOST: 'real0token0real0token0',
    KEY_HOST: 'x@elsewhere.example',
    DOTTED_TOKEN: 'eyJhbGci.real-token.sig',
    HOST_TOKEN: 'real-token.example',
    DIR: 'runs',
  },
  { FILE_URI: 'http://file.example', FILE_TOKEN: 'file-token', URI: 'http://hidden.example' },
);
const expand = (text: string) => expandAddress(text, environment);

describe('expandAddress', () => {
  test.each([
    ['sqlite:///mlflow.db', 'sqlite:///mlflow.db', false],
    [`sqlite:///\${{ env.DIR }}/mlflow.db`, 'sqlite:///runs/mlflow.db', false],
    [`\${{ env.URI }}`, 'https://ml.example.com/prefix', true],
    [`\${{env.URI}}/more`, 'https://ml.example.com/prefix/more', true],
    [`\${{ secrets.URI }}`, 'https://ml.example.com/prefix', true],
    [`https://\${{ env.HOST }}:8443/x`, 'https://ml.example.com:8443/x', false],
    [`https://\${{ env.TEAM_HOSTNAME }}`, 'https://mlflow', false],
    [`http://\${{ env.ADDR }}/x`, 'http://10.0.0.7:5000/x', false],
    [`http://\${{ env.V6_ADDR }}/x`, 'http://[::1]:5000/x', false],
    [`http://\${{ env.FILE_TOKEN }}/x`, 'http://file-token/x', false],
    [`\${{ env.FILE_URI }}`, 'http://file.example', false],
    [`https://elsewhere.example/\${{ env.FILE_TOKEN }}`, 'https://elsewhere.example/file-token', false],
  ])('%s', (text, expanded, addressGiven) => {
    expect(expand(text)).toEqual({ ok: true, text: expanded, addressGiven });
  });

  test.each([
    `https://elsewhere.example/\${{ env.TOKEN }}`,
    `https://elsewhere.example/?t=\${{ secrets.TOKEN }}`,
    `https://\${{ env.TOKEN }}`,
    `https://\${{ env.DOTTED_TOKEN }}/x`,
    `https://\${{ env.HOST_TOKEN }}:443`,
    `https://\${{ env.ODD_HOST }}`,
    `https://\${{ env.LONG_HOST }}`,
    `https://\${{ env.KEY_HOST }}`,
    `https://\${{ env.HOST }}/\${{ env.TOKEN }}`,
    `https://\${{ env.TOKEN }}@elsewhere.example/`,
    `https://\${{ env.TOKEN }}:x@elsewhere.example/`,
    `https://ana:\${{ env.TOKEN }}@elsewhere.example/`,
    `https://\${{ env.TOKEN }}.elsewhere.example/`,
    `https://a\${{ env.TOKEN }}/`,
    `\${{ env.BARE }}.elsewhere.example/`,
    `\${{ env.BARE }}@elsewhere.example/`,
    `\${{ env.FILE_URI }}/\${{ env.TOKEN }}`,
    `\${{ env.URI }}/\${{ env.TOKEN }}`,
    `  https://elsewhere.example/\${{ env.TOKEN }}`,
    `ht\ttps://elsewhere.example/\${{ env.TOKEN }}`,
    `https\n://elsewhere.example/\${{ env.TOKEN }}`,
    `\u0001https://elsewhere.example/\${{ env.TOKEN }}`,
    `https+x://elsewhere.example/\${{ env.TOKEN }}`,
  ])('a variable of the person’s own environment is sent nowhere: %s', (text) => {
    const expanded = expand(text);
    expect(expanded).toMatchObject({ ok: false, message: expect.stringContaining('would be sent to a server') });
    expect(JSON.stringify(expanded)).not.toContain('real-token');
  });

  test('says which variable is missing', () => {
    expect(expand(`\${{ env.NOPE }}`)).toEqual({ ok: false, message: 'The environment variable NOPE is not set.' });
  });

  test('says what can be used', () => {
    expect(expand(`\${{ params.x }}`)).toMatchObject({ ok: false, message: expect.stringContaining('env.NAME') });
  });
});
