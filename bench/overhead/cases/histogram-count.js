/**
 * Observations of a prom-client histogram, over all labels.
 * @param {import('prom-client').Registry} registry
 * @param {string} name
 */
export async function histogramCount(registry, name) {
  const { values } = /** @type {{ values: { metricName: string, value: number }[] }} */ (
    /** @type {unknown} */ (await registry.getSingleMetric(name)?.get()) ?? { values: [] }
  );
  return values
    .filter(({ metricName }) => metricName === `${name}_count`)
    .reduce((sum, { value }) => sum + value, 0);
}
