import { Ajv, type ErrorObject } from 'ajv';
import { Type } from 'typebox';
import type { Product, ShopData } from './data.js';
import { NotFound } from './not-found.js';
import type { Routes } from './routes.js';

type Choices = Record<string, string>;
/** Lists the problems with the choices for a product; an empty list means that it can be made and delivered. */
type ChoiceCheck = (product: Product, choices: Choices) => Fault[];
type Fault = Pick<ErrorObject, 'instancePath' | 'message'>;

const DAY_MS = 86_400_000;
/** Number of delivery days to choose from, starting when the product can be ready. */
const DELIVERY_DAYS = 90;

/** The price of a product as configured by the customer. With `leak` the route has the planted leak. */
export const quoteRoutes: Routes<{ data: ShopData; leak: boolean }> = async (app, { data, leak }) => {
  // The generated code loops over long lists of values instead of inlining them.
  const ajv = new Ajv({ allErrors: true, loopEnum: 20 });
  const check: ChoiceCheck = leak
    ? (product, choices) => checkChoices(ajv, product, choices)
    : checkOncePerCategory(ajv, data);

  app.post(
    '/products/:id/quote',
    {
      schema: {
        params: Type.Object({ id: Type.Integer() }),
        body: Type.Object({
          quantity: Type.Integer({ minimum: 1, maximum: 500 }),
          choices: Type.Record(Type.String(), Type.String()),
        }),
      },
    },
    (request, reply) => {
      const product = data.products[request.params.id - 1];
      if (product === undefined) throw new NotFound('product', request.params.id);
      const { quantity, choices } = request.body;
      const faults = check(product, choices);
      if (faults.length > 0) {
        return reply.code(422).send({ message: 'It cannot be made that way.', faults: faults.map(describe) });
      }
      const unitCents = product.priceCents + surchargeCents(product, choices);
      return { productId: product.id, quantity, choices, unitCents, totalCents: quantity * unitCents };
    },
  );
};

// Known misuse of a real package: Ajv keeps every compiled schema forever, and since version 7 it identifies a schema by
// the identity of its object, not by its text. A schema literal created per request is therefore never found again, and
// each request leaks a schema, a generated function and its scope: https://github.com/ajv-validator/ajv/issues/1413
// planted leak: start
function checkChoices(ajv: Ajv, product: Product, choices: Choices): Fault[] {
  const readyMs = Date.now() + product.leadDays * DAY_MS;
  const days = Array.from({ length: DELIVERY_DAYS }, (_, day) =>
    new Date(readyMs + day * DAY_MS).toISOString().slice(0, 10),
  );
  const properties: Record<string, object> = { deliverOn: { enum: days } };
  for (const [name, values] of Object.entries(product.options)) {
    properties[name] = { enum: Object.keys(values) };
  }
  if (product.engravingLength !== undefined) {
    properties['engraving'] = { type: 'string', maxLength: product.engravingLength };
  }
  const required = ['deliverOn', ...Object.keys(product.options)];
  const validate = ajv.compile({ type: 'object', properties, required, additionalProperties: false });
  return validate(choices) ? [] : [...(validate.errors ?? [])];
}
// planted leak: end

/** The right way: one schema per category, compiled once before the first request; daily values are compared in code. */
function checkOncePerCategory(ajv: Ajv, data: ShopData): ChoiceCheck {
  const validators = new Map(
    [...data.byCategory].flatMap(([slug, [first]]) =>
      first === undefined ? [] : [[slug, ajv.compile(choicesSchema(first))] as const],
    ),
  );
  return (product, choices) => {
    const validate = validators.get(product.category);
    const faults: Fault[] = validate === undefined || validate(choices) ? [] : [...(validate.errors ?? [])];
    const readyDay = Math.floor(Date.now() / DAY_MS) + product.leadDays;
    const day = Date.parse(choices['deliverOn'] ?? '') / DAY_MS - readyDay;
    if (day >= 0 && day < DELIVERY_DAYS) return faults;
    return [...faults, { instancePath: '/deliverOn', message: 'must be equal to one of the allowed values' }];
  };
}

function choicesSchema({ options, engravingLength }: Product): object {
  const choices = Object.entries(options).map(([name, values]) => [name, { enum: Object.keys(values) }]);
  const engraving =
    engravingLength === undefined ? {} : { engraving: { type: 'string', maxLength: engravingLength } };
  return {
    type: 'object',
    properties: { deliverOn: { type: 'string' }, ...Object.fromEntries(choices), ...engraving },
    required: ['deliverOn', ...Object.keys(options)],
    additionalProperties: false,
  };
}

function surchargeCents(product: Product, choices: Choices): number {
  const engraved = choices['engraving'] === undefined ? 0 : 500;
  return Object.entries(product.options).reduce(
    (sum, [name, values]) => sum + (values[choices[name] ?? ''] ?? 0),
    engraved,
  );
}

function describe({ instancePath, message }: Fault): string {
  return `choices${instancePath} ${message ?? 'is wrong'}`;
}
