// Between a slider's place, a whole number from 0 to 1000, and the value of a setting: even steps, or even ratios where the
// range spans more than a factor of 50. Knows no element.

export const SLIDER_STEPS = 1000;
const LOG_ABOVE = 50;

export interface SliderRange {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

const isLog = ({ min, max }: SliderRange): boolean => min > 0 && max / min > LOG_ABOVE;

export function placeOf(value: number, range: SliderRange): number {
  const { min, max } = range;
  const share = isLog(range) ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(SLIDER_STEPS * Math.min(1, Math.max(0, share)));
}

/** To three digits, within the range. */
export function valueAtPlace(place: number, range: SliderRange): number {
  const { min, max, integer } = range;
  const share = place / SLIDER_STEPS;
  const exact = isLog(range) ? min * (max / min) ** share : min + share * (max - min);
  const rounded = Number(exact.toPrecision(3));
  return Math.min(max, Math.max(min, integer ? Math.round(rounded) : rounded));
}
