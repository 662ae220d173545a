import { expect, it } from 'vitest';
import { nearestName } from './nearest.ts';

const SUITES = ['smoke', 'default', 'full', 'kernels', 'peers'];

it.each([
  ['smok', 'smoke'],
  ['Default', 'default'],
  ['kernel', 'kernels'],
  ['pears', 'peers'],
  ['fulll', 'full'],
  ['zebra', null],
  ['', null],
])('%j is taken for %j', (typed, name) => expect(nearestName(typed, SUITES)).toBe(name));
