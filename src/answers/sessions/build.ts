import type { SessionComparison } from '../../profile/sessions/compare.js';
import { summaryOf, type ProfileSession } from '../../profile/sessions/session.js';
import type { ProfileSessions } from '../../profile/sessions/sessions.js';
import { nextSteps, type StepSource } from '../available-steps.js';
import { curl, type CurlTarget, type NextStep } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import {
  sessionComparisonText,
  sessionsText,
  sessionText,
  type ComparisonFacts,
  type SessionFacts,
  type SessionsFacts,
} from './text.js';

const FOLDER = '/memory/profile/sessions';

function free(why: string, path: string, target: CurlTarget): NextStep {
  return { why, curl: curl(target, `${FOLDER}${path}`), cost: { pauseMs: 0 } };
}

function comparison(id1: string, id2: string, target: CurlTarget): NextStep {
  const path = `/compare?session1=${id1}&session2=${id2}&format=text`;
  return free('what the newer of them keeps beyond the older', path, target);
}

export function sessionsView(core: StepSource, sessions: ProfileSessions, target: CurlTarget): SessionsFacts {
  const stored = sessions.list();
  const [newest, before] = stored;
  const answer: SessionsFacts = {
    stored: stored.length,
    storedBytes: sessions.storedBytes,
    dropped: sessions.dropped,
    open: sessions.open,
    sessions: stored.map(summaryOf),
    next: [
      ...(newest ? [free('what the newest one kept', `/${newest.id}?format=text`, target)] : []),
      ...(newest && before ? [comparison(before.id, newest.id, target)] : []),
      ...nextSteps(core, ['profile', 'stats'], target),
    ],
  };
  return withText(answer, () => sessionsText(answer));
}

export function sessionView(core: StepSource, session: ProfileSession, target: CurlTarget): SessionFacts {
  const answer: SessionFacts = {
    ...session,
    next: [
      free('all stored sessions', '?format=text', target),
      ...nextSteps(core, ['profile', 'verdict', 'stats'], target),
    ],
  };
  return withText(answer, () => sessionText(answer));
}

export function sessionComparisonView(
  core: StepSource,
  compared: SessionComparison,
  target: CurlTarget,
): ComparisonFacts {
  const { session1, session2 } = compared;
  const answer: ComparisonFacts = {
    ...compared,
    next: [
      free('what the first one kept', `/${session1.id}?format=text`, target),
      free('what the second one kept', `/${session2.id}?format=text`, target),
      ...nextSteps(core, ['verdict', 'stats'], target),
    ],
  };
  return withText(answer, () => sessionComparisonText(answer));
}
