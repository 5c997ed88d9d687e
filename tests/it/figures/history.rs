//! Random ledgers of tickets, whole minutes apart: reopened, transferred, paused, under new policies.

use sportello::domain::id::{AgentId, TicketId};
use sportello::domain::ledger::{Cancellation, Fact};
use sportello::domain::ticket::TicketStatus;
use sportello::domain::time::{DAY, HOUR, MINUTE, UtcMillis};
use sportello::domain::traits::Traits;
use sportello::service::clock::fresh_id;

use super::brute::FIRST_DAY;
use crate::support::MONDAY_10;

/// Chance that repeats itself.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// Below `n`.
    pub(super) fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 20).unwrap() % n.max(1)
    }

    pub(super) fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    pub(super) fn of<T: Clone>(&mut self, all: &[T]) -> T {
        let place = self.below(i64::try_from(all.len()).unwrap());
        all[usize::try_from(place).unwrap()].clone()
    }

    /// Some time, often none.
    fn step(&mut self) -> i64 {
        let most = self.of(&[1, 20, 20, 180, 180, 600, 1_800, 6_500]);
        self.below(most) * MINUTE
    }
}

/// What histories are made with.
pub(super) struct Cast {
    pub(super) agents: Vec<AgentId>,
    pub(super) versions: Vec<String>,
}

/// One ticket's life.
pub(super) struct History {
    pub(super) lines: Vec<(UtcMillis, Fact)>,
    pub(super) status: TicketStatus,
}

/// A life, of which half begin near a change of clocks.
pub(super) fn live(chance: &mut Chance, cast: &Cast) -> History {
    let start = match chance.below(4) {
        0 => FIRST_DAY.plus(2 * DAY + chance.below(1_800) * MINUTE),
        1 => FIRST_DAY.plus(8 * DAY + chance.below(3_000) * MINUTE),
        _ => MONDAY_10.plus(-chance.below(8 * 1_440) * MINUTE),
    };
    let mut life = Life { at: start, lines: Vec::new(), status: TicketStatus::New };
    life.begin(chance, cast);
    for _ in 0..chance.below(26) {
        life.at = life.at.plus(chance.step());
        if life.at > MONDAY_10 || life.status == TicketStatus::Closed {
            break;
        }
        if life.status == TicketStatus::Resolved {
            life.over(chance, cast);
        } else {
            life.alive(chance, cast);
        }
    }
    life.lines.retain(|(at, _)| *at <= MONDAY_10);
    History { lines: life.lines, status: life.status }
}

struct Life {
    at: UtcMillis,
    lines: Vec<(UtcMillis, Fact)>,
    status: TicketStatus,
}

impl Life {
    fn add(&mut self, fact: Fact) {
        self.lines.push((self.at, fact));
    }

    fn apply(&mut self, chance: &mut Chance, cast: &Cast) {
        let policy =
            chance.of(&[Some("quick"), Some("steady"), Some("steady"), Some("loose"), None]);
        let team = chance.of(&[None, Some("night".to_owned()), Some("orders".to_owned())]);
        self.add(Fact::SlaApplied {
            policy: policy.map(str::to_owned),
            version: chance.of(&cast.versions),
            traits: Traits { team, ..Traits::default() },
        });
    }

    fn begin(&mut self, chance: &mut Chance, cast: &Cast) {
        self.add(Fact::Created);
        self.add(Fact::CustMsg { closing: false });
        self.at = MONDAY_10.min(self.at.plus(chance.below(30) * MINUTE));
        if chance.one_in(2) {
            self.add(Fact::HumanRequested);
        }
        self.add(Fact::Escalated);
        if !chance.one_in(8) {
            self.apply(chance, cast);
        }
        if chance.one_in(4) {
            self.add(Fact::Promised { low: HOUR, high: 2 * HOUR });
        }
        self.add(Fact::Enqueued);
    }

    fn alive(&mut self, chance: &mut Chance, cast: &Cast) {
        let agent = chance.of(&cast.agents);
        match chance.below(32) {
            0..=7 if self.status == TicketStatus::New => {
                self.add(Fact::Accepted { agent });
                self.status = TicketStatus::Open;
            }
            0..=7 => {
                let to = chance.of(&[
                    TicketStatus::Pending,
                    TicketStatus::Pending,
                    TicketStatus::OnHold,
                    TicketStatus::Snoozed,
                    TicketStatus::Open,
                ]);
                self.add(Fact::Status { to });
                self.status = to;
            }
            8..=14 => self.add(Fact::AgentMsg { agent }),
            15..=20 => {
                let closing = chance.one_in(5);
                self.add(Fact::CustMsg { closing });
                if !closing && self.status == TicketStatus::Pending {
                    self.status = TicketStatus::Open;
                }
            }
            21 => self.add(Fact::Note { agent }),
            22 => self.add(Fact::BotMsg),
            23..=24 => {
                self.add(Fact::Transferred { from: Some(agent), team: None, agent: None });
                if chance.one_in(2) {
                    self.apply(chance, cast);
                }
                self.add(Fact::Enqueued);
                self.status = TicketStatus::New;
            }
            25..=26 => self.apply(chance, cast),
            27..=30 => {
                let agent = chance.of(&[None, Some(agent), Some(agent)]);
                self.add(Fact::Resolved { agent });
                self.status = TicketStatus::Resolved;
            }
            _ => {
                let end = match chance.below(5) {
                    0 => Fact::Abandoned,
                    1 => Fact::Cancelled { why: Cancellation::Spam },
                    2 => Fact::Cancelled { why: Cancellation::Test },
                    3 => Fact::Cancelled { why: Cancellation::Blocked },
                    _ => {
                        let why = Cancellation::Merged { into: TicketId(fresh_id()) };
                        Fact::Cancelled { why }
                    }
                };
                self.add(end);
                self.status = TicketStatus::Closed;
            }
        }
    }

    fn over(&mut self, chance: &mut Chance, cast: &Cast) {
        match chance.below(8) {
            0 => self.add(Fact::CustMsg { closing: true }),
            1 => {
                self.add(Fact::Closed);
                self.status = TicketStatus::Closed;
            }
            2 => self.apply(chance, cast),
            _ => {
                self.add(Fact::CustMsg { closing: false });
                self.at = MONDAY_10.min(self.at.plus(chance.below(3) * MINUTE));
                self.add(Fact::Reopened);
                self.status = TicketStatus::Open;
                if chance.one_in(2) {
                    self.add(Fact::Enqueued);
                    self.status = TicketStatus::New;
                }
            }
        }
    }
}
