// What the tuner tried for one case: every candidate with its time or the reason why it has none.
import { type Tuning, tuningLines, tuningSentence } from '../report/tuning.ts';

export function TuningTable({ tuning, id }: { readonly tuning: Tuning; readonly id: string }) {
  return (
    <table class="operations">
      <caption>Tuner’s choice: {tuningSentence(tuning, id)}</caption>
      <thead>
        <tr>
          <th scope="col">Kernel</th>
          <th scope="col">Outcome</th>
          <th scope="col" class="number">
            Time
          </th>
          <th scope="col" class="number">
            Over the chosen [90 %]
          </th>
        </tr>
      </thead>
      <tbody>
        {tuningLines(tuning, id).map(({ kernel, state, time, ratio, reason }) => (
          <tr key={kernel}>
            <th scope="row">{kernel}</th>
            <td>{reason === '' ? state : `${state}: ${reason}`}</td>
            <td class="number">{time}</td>
            <td class="number">{ratio}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
