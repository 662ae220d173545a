// The files of a comparison in order, the first one the baseline: each can be renamed, moved up or down, and taken out.
import { useEffect, useRef } from 'preact/hooks';
import { deviceName } from '../report/environment.ts';
import { counted } from '../report/units.ts';
import { moved, relabelled } from './compare-sides.ts';
import { type CompareSide, sides } from './state.ts';

type Direction = -1 | 1;

export function SideList() {
  const list = sides.value;
  const pressed = useRef<{ readonly key: string; readonly by: Direction } | null>(null);
  // Moving takes the focus from what was moved: it goes back to the button pressed, or to its twin at an end of the list.
  useEffect(() => {
    if (!pressed.current) return;
    const { key, by } = pressed.current;
    pressed.current = null;
    const buttons = [by, -by].map((way) => document.querySelector<HTMLButtonElement>(`#${buttonId(key, way)}`));
    buttons.find((button) => button && !button.disabled)?.focus();
  }, [list]);
  const move = (side: CompareSide, by: Direction): void => {
    pressed.current = { key: side.key, by };
    sides.value = moved(list, side.key, by);
  };
  if (list.length === 0) return null;
  return (
    <>
      <ol class="sides">
        {list.map((side, i) => (
          <Side key={side.key} side={side} place={i} count={list.length} onMove={(by) => move(side, by)} />
        ))}
      </ol>
      <p class="muted">
        Files of one label are one side: their sessions count together, as long as device, build and plan are the same.
        Alt with ↑ or ↓ in a label moves its file.
      </p>
    </>
  );
}

function buttonId(key: string, by: number): string {
  return `side-${key}-${by < 0 ? 'up' : 'down'}`;
}

interface SideProps {
  readonly side: CompareSide;
  readonly place: number;
  readonly count: number;
  readonly onMove: (by: Direction) => void;
}

function Side({ side, place, count, onMove }: SideProps) {
  const { key, label, file } = side;
  const role = label === sides.value[0]?.label ? 'baseline' : 'new';
  const sessions = file.sessions.length;
  return (
    <li>
      <span class={`side-role side-${role}`}>{role}</span>
      <input
        type="text"
        aria-label={`Label of file ${place + 1}`}
        value={label}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
          event.preventDefault();
          onMove(event.key === 'ArrowUp' ? -1 : 1);
        }}
        onChange={(event) => {
          sides.value = relabelled(sides.value, key, event.currentTarget.value);
          // A refused label leaves the state as it was, so that nothing draws it back.
          event.currentTarget.value = sides.value[place]?.label ?? label;
        }}
      />
      <span class="side-facts">
        {counted(sessions, 'session')}, {deviceName(file.environment)}, build{' '}
        {file.tool.commit?.slice(0, 7) ?? file.tool.version}
        {file.tool.dirty && ' with local changes'}, {file.createdAt.replace('T', ' ').slice(0, 16)} UTC
      </span>
      <span class="side-buttons">
        <MoveButton side={side} by={-1} disabled={place === 0} onMove={onMove} />
        <MoveButton side={side} by={1} disabled={place === count - 1} onMove={onMove} />
        <button
          type="button"
          aria-label={`Take ${label} out`}
          onClick={() => {
            sides.value = sides.value.filter((other) => other.key !== key);
          }}
        >
          ✕
        </button>
      </span>
    </li>
  );
}

interface MoveButtonProps {
  readonly side: CompareSide;
  readonly by: Direction;
  readonly disabled: boolean;
  readonly onMove: (by: Direction) => void;
}

function MoveButton({ side: { key, label }, by, disabled, onMove }: MoveButtonProps) {
  return (
    <button
      type="button"
      id={buttonId(key, by)}
      aria-label={`Move ${label} ${by < 0 ? 'up' : 'down'}`}
      disabled={disabled}
      onClick={() => onMove(by)}
    >
      {by < 0 ? '↑' : '↓'}
    </button>
  );
}
