import { catalogue, type Option } from '../../src/config/catalogue.js';
import { expectation } from '../../src/config/check.js';
import { otherVariables } from '../../src/config/environment.js';

const HEADER = ['Option', 'Variable', 'Default', 'Values', 'What it does'];

/** Escapes Markdown syntax; within a code span only the pipe, which would end the table's cell. */
function escapeText(text: string): string {
  return text
    .split('`')
    .map((part, index) => part.replaceAll(index % 2 === 0 ? /[|<*]/g : /\|/g, String.raw`\$&`))
    .join('`');
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** A default in the syntax of its variable; empty if there is none. */
function plainDefault({ schema }: Option): string {
  const value = schema.default;
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function defaultCell(option: Option): string {
  if (option.schema.computedDefault !== undefined) return option.schema.computedDefault;
  const text = plainDefault(option);
  if (text !== '') return code(text);
  return option.schema.default === undefined ? 'unset' : 'empty';
}

function valuesCell({ schema }: Option): string {
  return schema.enum === undefined ? escapeText(expectation(schema)) : schema.enum.map(code).join(', ');
}

function row(option: Option): string[] {
  const { path, variable, schema } = option;
  return [
    code(path),
    variable === undefined ? 'code only' : code(variable),
    defaultCell(option),
    valuesCell(option),
    escapeText(schema.description ?? ''),
  ];
}

/** A Markdown table whose columns are also aligned in the source, as the formatter requires. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(HEADER), line(rule), ...rows.map(line)].join('\n');
}

/** The table of all options, in Markdown. */
export function optionsTable(options: readonly Option[] = catalogue): string {
  return table(options.map(row));
}

/** The page `docs/options.md`. */
export function optionsPage(command: string): string {
  return `<!-- Generated from src/config/schema.ts by \`${command}\`; edit the schema, not this file. -->

# Options

All options are optional. They are given at registration, nested as their names say, or as variables:

\`\`\`js
await app.register(tidemark, { verdict: { fillHorizonSeconds: 900 } });
\`\`\`

\`\`\`sh
TIDEMARK_VERDICT_FILL_HORIZON_SECONDS=900 node server.js
\`\`\`

What code gives beats the variable, and the variable beats the default. An empty variable counts as unset. In a variable,
a boolean is \`true\`, \`false\`, \`1\`, \`0\`, \`on\` or \`off\`, and a list is comma separated. Anything that is unknown, of the
wrong type or out of range stops the start with \`TIDEMARK_ERR_CONFIG_INVALID\`, which lists all problems at once; a wrong
variable is reported even where code overrides it. Tokens are never printed.

${optionsTable()}

## Other variables

${Object.entries(otherVariables)
  .map(([name, text]) => `- \`${name}\`: ${text}`)
  .join('\n')}
`;
}

function environmentEntry(option: Option): string[] {
  const { path, variable, schema } = option;
  if (variable === undefined) return [];
  const note =
    schema.computedDefault === undefined ? '' : ` Default: ${schema.computedDefault.replaceAll('`', '')}.`;
  const description = `${schema.description ?? ''}${note}`.replaceAll('`', '');
  return [
    `# ${path}: ${description}`,
    `# Values: ${expectation(schema)}`,
    `#${variable}=${plainDefault(option)}`,
    '',
  ];
}

/** The text of `.env.example`: every variable, commented out, with its default. */
export function environmentExample(command: string): string {
  return [
    `# Generated from src/config/schema.ts by \`${command}\`; edit the schema, not this file.`,
    '# Every line shows the default. Remove the # in front of a variable to set it. A list is comma separated;',
    '# a boolean is true, false, 1, 0, on or off; an empty variable counts as unset.',
    '',
    ...catalogue.flatMap(environmentEntry),
    ...Object.entries(otherVariables).flatMap(([name, text]) => [`# ${text}`, `#${name}=`, '']),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
