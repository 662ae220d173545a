import { describe, expect, it } from 'vitest';
import { connectProblem, parseEndpoint, parseEndpoints } from './remote-endpoint.ts';

describe('parseEndpoint', () => {
  it('takes label, address and launch options apart, and shows no query', () => {
    const given = `lab-1=wss://gpu.example:9333/x?token=s3cret&launch-options=${encodeURIComponent('{"channel":"chrome"}')}`;
    expect(parseEndpoint(given)).toEqual({
      label: 'lab-1',
      url: 'wss://gpu.example:9333/x?token=s3cret',
      shown: 'wss://gpu.example:9333/x',
      launch: { channel: 'chrome' },
    });
  });
  it('needs no label, even where the query holds an equals sign', () => {
    expect(parseEndpoint('ws://h:1/?a=b')).toMatchObject({ label: null, url: 'ws://h:1/?a=b', launch: {} });
  });
  it.each(['http://h:1/', 'lab-1', 'lab-1=', ''])("refuses '%s' and shows the form", (given) => {
    expect(() => parseEndpoint(given)).toThrow(`--connect '${given}': must be [label=]ws://host:port/`);
  });
  it.each(['chrome', '[1]', 'null'])('refuses launch options that are %s', (text) => {
    expect(() => parseEndpoint(`ws://h:1/?launch-options=${text}`)).toThrow('launch-options must be a JSON object');
  });
});

describe('parseEndpoints', () => {
  it('leaves one device unnamed and names several', () => {
    expect(parseEndpoints(['ws://h/']).map(({ label }) => label)).toEqual([null]);
    expect(parseEndpoints(['ws://h/', 'b=ws://i/', 'ws://j/']).map(({ label }) => label)).toEqual([
      'device-1',
      'b',
      'device-3',
    ]);
  });
  it('refuses one label for two', () => {
    expect(() => parseEndpoints(['a=ws://h/', 'a=ws://i/'])).toThrow("two devices are called 'a'");
  });
});

describe('connectProblem', () => {
  const endpoint = parseEndpoint('ws://h:1/');
  it('says how to bring the versions together', () => {
    const message =
      'WebSocket error: 428\nPlaywright version mismatch:\n  - server version: v1.50\n  - client version: v1.65';
    const { text, tryNext } = connectProblem(endpoint, message);
    expect(text).toMatch(
      /^ws:\/\/h:1\/: the server there is Playwright 1\.50, this is (1\.\d+\.\d+): .*npx playwright@\1 run-server$/,
    );
    expect(tryNext).toBe(false);
  });
  it.each([
    "browserType.connect: Chromium distribution 'chrome' is not found at /opt/google/chrome/chrome\nRun",
    "browserType.connect: Executable doesn't exist at /x",
    'browserType.connect: Target page, context or browser has been closed\nBrowser logs:',
  ])('goes on to the next browser after %s', (message) => {
    expect(connectProblem(endpoint, message)).toMatchObject({ tryNext: true, text: expect.not.stringContaining('\n') });
  });
  it('asks whether the server runs when there is no answer', () => {
    const { text, tryNext } = connectProblem(
      endpoint,
      'browserType.connect: WebSocket error: connect ECONNREFUSED h:1\nCall log:',
    );
    expect(text).toContain(
      'ws://h:1/: no connection (WebSocket error: connect ECONNREFUSED h:1). Is the server running there',
    );
    expect(tryNext).toBe(false);
  });
});
