import { formatBytes } from '../../render/units.js';
import type { SuggestionRule } from '../facts.js';
import { percent, place } from '../../render/phrases.js';

/** What grows, with the route and the line that retain it. */
export const leak: SuggestionRule = ({ verdict }) => {
  if (verdict?.growth === undefined || verdict.suspects === undefined) return [];
  const { growth, suspects } = verdict;
  const [route] = suspects.routes;
  const [site] = suspects.sites;
  const perSecond = growth.bytesPerSecond.value;
  const where =
    site === undefined ? '' : ` at ${place(site)}${site.file === '' ? '' : ` (${site.function})`}`;
  const evidence = [
    `${formatBytes(perSecond)}/s stay`,
    ...(route === undefined
      ? []
      : [`${route.route} keeps ${formatBytes(route.bytesPerRequest.value)} a request`]),
    ...(site === undefined ? [] : [`${percent(site.share)} of what grew was allocated${where}`]),
  ];
  const decided = verdict.verdict !== 'growing';
  return [
    {
      severity: decided ? 'critical' : 'warning',
      title: `${decided ? 'Stop the leak' : 'Check what grows'}${route === undefined ? '' : ` in ${route.route}`}`,
      evidence: evidence.join('; '),
      action:
        site === undefined
          ? 'Compare two profile readings (/memory/profile?seconds=30) to see which lines allocate what stays.'
          : `Look at what keeps the values allocated${where}: give it a bound or an expiry, or remove the entry or the listener when the work is done.`,
      impactBytes: Math.max(0, Math.round(perSecond * 3600)),
    },
  ];
};
