import { Type } from 'typebox';
import type { Product, ShopData } from './data.js';
import { NotFound } from './not-found.js';
import type { Routes } from './routes.js';
import { CATEGORIES } from './vocabulary.js';

const Summary = Type.Object({
  id: Type.Integer(),
  sku: Type.String(),
  name: Type.String(),
  category: Type.String(),
  priceCents: Type.Integer(),
  stars: Type.Number(),
});
const Page = Type.Object({ total: Type.Integer(), page: Type.Integer(), items: Type.Array(Summary) });
const Paging = {
  page: Type.Integer({ minimum: 1, default: 1 }),
  perPage: Type.Integer({ minimum: 1, maximum: 100, default: 24 }),
};

/** The catalog: search, browse and view one product. */
export const catalogRoutes: Routes<{ data: ShopData }> = async (app, { data }) => {
  app.get(
    '/products',
    {
      schema: {
        querystring: Type.Object({
          ...Paging,
          search: Type.Optional(Type.String({ maxLength: 80 })),
          category: Type.Optional(Type.String()),
          maxCents: Type.Optional(Type.Integer({ minimum: 0 })),
          sort: Type.Union([Type.Literal('name'), Type.Literal('price')], { default: 'name' }),
        }),
        response: { 200: Page },
      },
    },
    (request) => {
      const { search, category, maxCents, sort, page, perPage } = request.query;
      const wanted = search?.toLowerCase();
      const found = data.products.filter(
        (product) =>
          (category === undefined || product.category === category) &&
          (maxCents === undefined || product.priceCents <= maxCents) &&
          (wanted === undefined || `${product.name} ${product.sku}`.toLowerCase().includes(wanted)),
      );
      found.sort(sort === 'price' ? byPrice : byName);
      return pageOf(found, page, perPage);
    },
  );

  app.get('/products/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, (request) => {
    const product = data.products[request.params.id - 1];
    if (product === undefined) throw new NotFound('product', request.params.id);
    return { ...product, stars: stars(product) };
  });

  app.get(
    '/categories/:slug/products',
    {
      schema: {
        params: Type.Object({ slug: Type.String() }),
        querystring: Type.Object(Paging),
        response: { 200: Page },
      },
    },
    (request) => {
      const products = data.byCategory.get(request.params.slug);
      if (products === undefined) throw new NotFound('category', request.params.slug);
      return pageOf(products, request.query.page, request.query.perPage);
    },
  );

  app.get('/categories', () =>
    CATEGORIES.map(({ slug, name }) => ({ slug, name, products: data.byCategory.get(slug)?.length ?? 0 })),
  );
};

function pageOf(products: readonly Product[], page: number, perPage: number) {
  const items = products.slice((page - 1) * perPage, page * perPage);
  return { total: products.length, page, items: items.map(summary) };
}

function summary(product: Product) {
  const { id, sku, name, category, priceCents } = product;
  return { id, sku, name, category, priceCents, stars: stars(product) };
}

function stars({ reviews }: Product): number {
  const sum = reviews.reduce((total, review) => total + review.stars, 0);
  return Math.round((sum / reviews.length) * 10) / 10;
}

function byName(a: Product, b: Product): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function byPrice(a: Product, b: Product): number {
  return a.priceCents - b.priceCents;
}
