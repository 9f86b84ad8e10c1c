import t from 'tap';
import { negotiate } from '../../src/metrics/accept.js';

t.test('the format is negotiated', async (t) => {
  const cases: [string, boolean][] = [
    // Prometheus 2.42 and 3.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;q=0.3,*/*;q=0.2',
      true,
    ],
    ['Application/OpenMetrics-Text; Version="1.0.0"; Q=0.5, text/*;q=0.4', true],
    ['application/openmetrics-text', true],
    ['application/openmetrics-text;q=0.5, text/plain;q=0.6', false],
    ['application/openmetrics-text;q=0.5, */*', false],
    ['application/openmetrics-text;version=0.0.1, */*;q=0.1', false],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-text;q=much', false],
    ['*/*', false],
    ['text/html,application/xhtml+xml', false],
    ['', false],
  ];
  for (const [accept, isOpenMetrics] of cases) {
    t.equal(negotiate(accept), isOpenMetrics ? 'openmetrics' : 'prometheus', accept);
  }
});

t.test('without a header it is Prometheus text', async (t) => {
  t.equal(negotiate(undefined), 'prometheus');
});
