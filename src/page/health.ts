// Watches what the page can see of itself: visible, focused, plugged in. Writes one signal, at changes only.
import type { Signal } from '@preact/signals';
import type { PageHealth } from '../report/adapter-strip.ts';

/** The part of the Battery Status API that is read; Chromium only. */
interface BatteryManager extends EventTarget {
  readonly charging: boolean;
}

export function watchHealth(health: Signal<PageHealth>): void {
  let battery: BatteryManager | null = null;
  const look = (): void => {
    health.value = { visible: !document.hidden, focused: document.hasFocus(), charging: battery?.charging ?? null };
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  addEventListener('blur', look);
  look();
  const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<BatteryManager> };
  getBattery
    ?.call(navigator)
    .then((manager) => {
      battery = manager;
      manager.addEventListener('chargingchange', look);
      look();
    })
    // Blocked by a permission policy: the strip then says nothing of power.
    .catch(() => undefined);
}
