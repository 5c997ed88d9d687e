//! Answers kept for a minute, so that a repeated request gets the same one.

use std::collections::{BTreeSet, HashMap};

use super::super::{ANSWER_KEPT, Claim};
use crate::domain::id::{AgentId, RequestId};
use crate::domain::time::UtcMillis;

/// The answers given lately.
#[derive(Debug, Default)]
pub(super) struct Answers {
    given: HashMap<(AgentId, RequestId), Claim>,
    ends: BTreeSet<(UtcMillis, AgentId, RequestId)>,
}

impl Answers {
    /// The answer this request already got; drops those that are too old.
    pub(super) fn find(
        &mut self,
        agent: AgentId,
        request: RequestId,
        now: UtcMillis,
    ) -> Option<Claim> {
        while let Some(end) = self.ends.first().copied().filter(|(at, ..)| *at <= now) {
            self.ends.remove(&end);
            self.given.remove(&(end.1, end.2));
        }
        self.given.get(&(agent, request)).cloned()
    }

    /// Keeps an answer for [`ANSWER_KEPT`] ms.
    pub(super) fn keep(
        &mut self,
        agent: AgentId,
        request: RequestId,
        claim: &Claim,
        now: UtcMillis,
    ) {
        let until = now.plus(ANSWER_KEPT);
        self.given.insert((agent, request), claim.clone());
        self.ends.insert((until, agent, request));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_answer_is_kept_for_a_minute_and_then_dropped() {
        let (agent, request) = (AgentId(Uuid::from_u128(1)), RequestId(Uuid::from_u128(2)));
        let mut answers = Answers::default();
        answers.keep(agent, request, &Claim::Full, UtcMillis(0));
        assert_eq!(answers.find(agent, request, UtcMillis(59_999)), Some(Claim::Full));
        assert_eq!(answers.find(agent, request, UtcMillis(60_000)), None);
        assert!(answers.given.is_empty() && answers.ends.is_empty());
    }
}
