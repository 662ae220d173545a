import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResultFile } from './read.ts';

const fixture = readFileSync(new URL('./testdata/v1.json', import.meta.url), 'utf8');
const read = (text: string) => () => readResultFile(text, 'a.json');
/** The fixture with the first sample of its first timed row replaced. */
const withFirstSample = (token: string): string => fixture.replace(/("samples":\s*\[\s*)[\d.e+-]+/, `$1${token}`);

describe('readResultFile', () => {
  it('reads the fixture of format 1 and keeps what it does not know', () => {
    const grown = { ...JSON.parse(fixture), laterKey: { kept: true } };
    expect(readResultFile(JSON.stringify(grown), 'a.json')).toMatchObject({ laterKey: { kept: true } });
  });
  it.each(['NaN', '-Infinity'])('names file and path of %s', (token) => {
    expect(read(withFirstSample(token))).toThrow(
      new RegExp(`^a\\.json: at sessions\\.0\\.rows\\.\\d+\\.metrics\\.0\\.samples\\.0: ${token}, but`),
    );
  });
  it('names file and path of a wrong type', () => {
    expect(read(withFirstSample('"fast"'))).toThrow(/^a\.json: at sessions\.0\.rows\.\d+\.metrics\.0\.samples\.0: /);
  });
  it.each([
    ['', 'a.json: empty file'],
    ['[]', 'a.json: not a Fleetmark result file ("schema" is missing)'],
    ['{"schema":"other"}', 'a.json: not a Fleetmark result file ("schema" is "other")'],
    [
      fixture.replace(/"schemaVersion":\s*1/, '"schemaVersion": 2'),
      'a.json: written in format 2; this version reads up to 1',
    ],
    [fixture.slice(0, 500), 'a.json: not valid JSON, cut off'],
  ])('says what is wrong with %.20s', (text, message) => expect(read(text)).toThrow(message));
});
