import t from 'tap';
import { readContract } from '../helpers/contract.js';
import { call } from '../helpers/http.js';
import { plugged, until } from '../helpers/plugged-app.js';

const contract = readContract();

t.test('the report and the suggestions tell what is known, and cost nothing', async (t) => {
  const { app, base } = await plugged(
    t,
    (app) => {
      app.get('/items', async () => ({ items: [] }));
      app.get('/broken', async () => {
        throw new Error('as planned');
      });
    },
    {
      tidemark: {
        history: { intervalSeconds: 0.1 },
        verdict: { gcProbe: 'off' },
        memoryLimitBytes: 1_048_576,
        health: { criticalRatio: 1 },
      },
    },
  );
  for (let i = 0; i < 60; i += 1) await call(`${base}/${i % 2 === 0 ? 'items' : 'broken'}`);
  const { core } = app.tidemarkParts;
  await until('some history', () => (core.history?.query({}).times.length ?? 0) > 12);
  await until('a verdict noted', () => core.verdicts.changes.length > 0);
  const paused = core.cost().pauseSeconds;

  const report = await call(`${base}/memory/report`);
  t.same(contract.faults('GET /memory/report', report), []);
  t.match(report.json, {
    headline: /^Too little has been seen .* of the limit of 1\.00 MiB \(configured\)\.$/,
    actions: [{ severity: 'critical', title: /^Make room/ }, {}],
    verdict: { verdict: 'insufficient-data' },
    growth: { heapUsedBytes: [Number] },
    limits: { effective: { bytes: 1_048_576, source: 'configured' } },
    load: [{ points: Number }],
    incidents: [{ verdict: 'insufficient-data' }],
    next: [{ curl: /leak-detection/ }],
  });

  const page = await call(`${base}/memory/report?format=html`);
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': /^default-src 'none'/,
  });
  t.match(page.text, /^<!doctype html>[^]*<p class="headline[^]*What to do now[^]*<svg /);
  t.match(page.text, /<td>GET \/broken<\/td>/);
  const ticket = await call(`${base}/memory/report?format=md`);
  t.match(
    ticket.text,
    /^# Memory report [^]*\n\*\*Too little [^]*\n## What to do now\n[^]*\n## Growth\n[^]*\n## Memory and load\n/,
  );
  t.equal((await call(`${base}/memory/report?format=pdf`)).status, 400);

  const optimize = await call(`${base}/memory/optimize`);
  t.same(contract.faults('GET /memory/optimize', optimize), []);
  t.match(optimize.json, {
    summary: /^[2-9] things are worth changing$/,
    suggestions: [{ severity: 'critical', evidence: /MiB live of 1\.00 MiB \(configured\)/ }, {}],
  });
  t.match(
    (await call(`${base}/memory/optimize?format=text`)).text,
    /\ncritical +Make room[^]*\nbecause +[^]*\ndo +/,
  );
  t.equal(core.cost().pauseSeconds, paused, 'nothing was paused');
});

t.test('without history, verdict and recorder there still is a report', async (t) => {
  const off = { enabled: false } as const;
  const { base } = await plugged(t, () => undefined, {
    tidemark: { history: off, verdict: off, requests: off, profile: off, metrics: off },
  });
  const report = await call(`${base}/memory/report`);
  t.same(contract.faults('GET /memory/report', report), []);
  t.match(report.json, { headline: /^No verdict, because/, routes: [], incidents: [] });
  for (const absent of ['verdict', 'growth', 'load']) t.notOk(absent in report.json!, absent);
  for (const format of ['md', 'html', 'text'])
    t.notMatch((await call(`${base}/memory/report?format=${format}`)).text, /undefined|NaN|\[object/);
});
