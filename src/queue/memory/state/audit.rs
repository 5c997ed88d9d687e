//! Whether the parts of the state agree with each other, for the model test.

use std::collections::BTreeSet;

use super::super::MemoryQueue;
use super::super::lane::Spot;
use super::State;
use crate::domain::id::TicketId;
use crate::domain::time::UtcMillis;

impl MemoryQueue {
    /// Panics where they do not.
    pub(in crate::queue) fn audit(&self) {
        self.state().audit();
    }
}

impl State {
    fn audit(&self) {
        let lined_up: Vec<(TicketId, Spot)> = self.lanes.audit();
        let waiting: BTreeSet<TicketId> = lined_up.iter().map(|(ticket, _)| *ticket).collect();
        assert_eq!(waiting.len(), lined_up.len(), "a ticket in two places");
        for (ticket, spot) in &lined_up {
            assert_eq!(self.tickets.get(ticket), Some(spot));
        }
        let free = self.tickets.keys().filter(|it| !self.taken.contains_key(it)).copied();
        assert_eq!(free.collect::<BTreeSet<_>>(), waiting);
        let taken =
            self.taken.iter().map(|(ticket, it)| (it.agent, *ticket, self.tickets[ticket].cost));
        assert_eq!(taken.collect::<BTreeSet<_>>(), self.desks.audit());
        let leased = self.taken.iter().filter_map(|(ticket, it)| Some((it.until?, *ticket)));
        assert_eq!(leased.collect::<BTreeSet<(UtcMillis, TicketId)>>(), self.due);
    }
}
