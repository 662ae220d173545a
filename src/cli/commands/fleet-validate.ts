// `fleetmark fleet validate`: how wrong the serving model is on measurements it was not calibrated on.
import { Option } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { measuredPoints } from '../../fleet/serving/points.ts';
import { validate } from '../../fleet/serving/validate.ts';
import { formatValidation } from '../../report/fleet-validate-text.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

export const mountFleetValidate: FleetMount = (fleet, io, finish) => {
  addCatalogueFlag(
    fleet
      .command('validate')
      .description(
        'errors and coverage of the serving model on points left out of its calibration, beside a pure roofline',
      ),
  )
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async ({ format, catalogue }: { format: string; catalogue?: string }) => {
      await useCatalogue(catalogue, io.cwd);
      const validation = validate(measuredPoints());
      io.stdout.write(`${format === 'json' ? JSON.stringify(validation, null, 1) : formatValidation(validation)}\n`);
      finish(EXIT.ok);
    });
};
