import { Type } from 'typebox';
import type { Order, ShopData } from './data.js';
import type { Routes } from './routes.js';

/** Sales by day. Creates much garbage and keeps none: a leak detector must not report it. */
export const reportRoutes: Routes<{ data: ShopData }> = async (app, { data }) => {
  app.get(
    '/reports/daily',
    { schema: { querystring: Type.Object({ country: Type.Optional(Type.String({ maxLength: 2 })) }) } },
    (request) => {
      const { country } = request.query;
      const orders = data.orders.filter((order) => country === undefined || order.country === country);
      const days = Object.entries(groupByDay(orders)).map(([day, orders]) => summary(day, orders));
      return { country, days: days.sort((a, b) => (a.day < b.day ? -1 : 1)) };
    },
  );
};

function groupByDay(orders: readonly Order[]): Record<string, Order[]> {
  const days: Record<string, Order[]> = {};
  for (const order of orders) (days[order.placedAt.slice(0, 10)] ??= []).push(order);
  return days;
}

function summary(day: string, orders: readonly Order[]) {
  const sold = new Map<string, number>();
  for (const { name, quantity } of orders.flatMap((order) => order.lines)) {
    sold.set(name, (sold.get(name) ?? 0) + quantity);
  }
  const [bestSeller] = [...sold].sort((a, b) => b[1] - a[1]);
  return {
    day,
    orders: orders.length,
    customers: new Set(orders.map((order) => order.customerId)).size,
    revenueCents: orders.reduce((sum, order) => sum + order.totalCents, 0),
    bestSeller: bestSeller?.[0],
  };
}
