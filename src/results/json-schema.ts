// The JSON Schema of the result file, generated from the very schema that reads it. For publication and tests only:
// the page and the command line check files with valibot.
import { toJsonSchema } from '@valibot/to-json-schema';
import { resultFileSchema, SCHEMA_NAME, SCHEMA_VERSION } from './schema.ts';

/** JSON Schema, draft 2020-12. */
export function resultJsonSchema(): Record<string, unknown> {
  return {
    ...toJsonSchema(resultFileSchema, {
      target: 'draft-2020-12',
      // JSON has no other numbers than finite ones.
      ignoreActions: ['finite'],
    }),
    title: `${SCHEMA_NAME}, format ${SCHEMA_VERSION}`,
    description:
      'One machine and build, one session per browser launch, raw samples per case. See README.md beside it.',
  };
}
