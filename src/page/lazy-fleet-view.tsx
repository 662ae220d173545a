// Keeps the fleet's data and arithmetic out of the first load: fetched when the view is first shown.
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { problem } from './state.ts';

export function LazyFleetView() {
  const loaded = useSignal<{ readonly View: ComponentType } | null>(null);
  useEffect(() => {
    import('./fleet-view.tsx')
      .then(({ FleetView }) => {
        loaded.value = { View: FleetView };
      })
      .catch((error: unknown) => {
        problem.value = `The fleet view could not be loaded (${messageOf(error)}): reload the page`;
      });
  }, [loaded]);
  if (loaded.value === null) return <p class="muted">Loading the fleet's data…</p>;
  const { View } = loaded.value;
  return <View />;
}
