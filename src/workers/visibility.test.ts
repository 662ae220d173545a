import { expect, it } from 'vitest';
import { watchVisibility } from './visibility.ts';

it('tells of hidden time once it is over, and all through it', () => {
  const visibility = watchVisibility();
  expect(visibility.disturbance()).toBeNull();
  visibility.change(true);
  visibility.change(false);
  // Hidden and shown again between two questions still disturbed what ran meanwhile.
  expect(visibility.disturbance()).toBe('page hidden');
  expect(visibility.disturbance()).toBeNull();
  visibility.change(true);
  expect([visibility.disturbance(), visibility.disturbance()]).toEqual(['page hidden', 'page hidden']);
  expect(visibility.isHidden()).toBe(true);
  visibility.change(false);
  expect(visibility.isHidden()).toBe(false);
});
