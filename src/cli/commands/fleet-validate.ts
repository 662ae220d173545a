// `fleetmark fleet validate`: how wrong the serving model is on measurements it was not calibrated on.
import { Option } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { MEASURED } from '../../fleet/serving/points.ts';
import { validate } from '../../fleet/serving/validate.ts';
import { formatValidation } from '../../report/fleet-validate-text.ts';
import type { FleetMount } from './fleet-subcommand.ts';

export const mountFleetValidate: FleetMount = (fleet, io, finish) => {
  fleet
    .command('validate')
    .description(
      'errors and coverage of the serving model on points left out of its calibration, beside a pure roofline',
    )
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(({ format }: { format: string }) => {
      const validation = validate(MEASURED);
      io.stdout.write(`${format === 'json' ? JSON.stringify(validation, null, 1) : formatValidation(validation)}\n`);
      finish(EXIT.ok);
    });
};
