import type { SessionComparison } from '../../profile/sessions/compare.js';
import { summaryOf, type ProfileSession } from '../../profile/sessions/session.js';
import type { ProfileSessions } from '../../profile/sessions/sessions.js';
import type { NextStep } from '../common.js';
import { freeStep, nextSteps, type StepSource } from '../next-step.js';
import type { SessionAnswer, SessionComparisonAnswer, SessionsAnswer } from './schema.js';

const FOLDER = '/memory/profile/sessions';

const sessionStep = (why: string, id: string): NextStep => freeStep(why, `${FOLDER}/${id}`);

export function buildSessions(source: StepSource, sessions: ProfileSessions): SessionsAnswer {
  const stored = sessions.list();
  const [newest, before] = stored;
  return {
    stored: stored.length,
    storedBytes: sessions.storedBytes,
    dropped: sessions.dropped,
    open: sessions.open,
    sessions: stored.map(summaryOf),
    next: [
      ...(newest ? [sessionStep('what the newest one kept', newest.id)] : []),
      ...(newest && before
        ? [
            freeStep('what the newest keeps beyond the one before', `${FOLDER}/compare`, {
              session1: before.id,
              session2: newest.id,
              format: 'text',
            }),
          ]
        : []),
      ...nextSteps(source, ['profile', 'stats']),
    ],
  };
}

export function buildSession(source: StepSource, session: ProfileSession): SessionAnswer {
  return {
    ...session,
    next: [freeStep('all stored sessions', FOLDER), ...nextSteps(source, ['profile', 'verdict', 'stats'])],
  };
}

export function buildSessionComparison(
  source: StepSource,
  compared: SessionComparison,
): SessionComparisonAnswer {
  return {
    ...compared,
    next: [
      sessionStep('what the first one kept', compared.session1.id),
      sessionStep('what the second one kept', compared.session2.id),
      ...nextSteps(source, ['verdict', 'stats']),
    ],
  };
}
