//! Which policy applies to a ticket: chosen at its escalation, and anew whenever what policies look
//! at changes while it lives.

use super::ServiceError;
use super::turn::Turn;
use crate::domain::ledger::{Fact, LedgerEvent};
use crate::domain::ticket::Ticket;
use crate::domain::traits::Traits;
use crate::store;

/// The slots in which an order's worth is looked for.
const ORDER_VALUE: [&str; 3] = ["order_value", "order_total", "total"];

impl Turn {
    /// What policies look at, as it is now.
    pub(super) async fn traits(&mut self, ticket: &Ticket) -> Result<Traits, ServiceError> {
        let segments = store::contact::segments_in(&mut self.tx, ticket.contact_id).await?;
        Ok(Traits {
            priority: ticket.priority,
            segments,
            channel: Some(self.conversation.channel.0.clone()),
            intent: ticket.packet.intent.clone(),
            language: ticket.requirement.language,
            order_value: order_value(ticket),
            team: ticket.requirement.team.clone(),
        })
    }

    /// The choice of a policy, when it or its grounds differ from the ledger's last one.
    pub(super) async fn choose_terms(
        &mut self,
        ticket: &Ticket,
        ledger: &[LedgerEvent],
    ) -> Result<Option<Fact>, ServiceError> {
        let traits = self.traits(ticket).await?;
        let book = self.house.content.book();
        let policy = book.policy_for(&traits).map(|policy| policy.name.to_string());
        let chosen = Fact::SlaApplied { policy, version: book.version.to_string(), traits };
        let last = ledger.iter().rev().find(|line| matches!(line.fact, Fact::SlaApplied { .. }));
        Ok(Some(chosen).filter(|chosen| last.is_none_or(|last| last.fact != *chosen)))
    }
}

/// The worth of the order at stake in cents, when the bot learnt it.
fn order_value(ticket: &Ticket) -> Option<i64> {
    let slots = &ticket.packet.slots;
    ORDER_VALUE.iter().find_map(|name| slots.get(*name)).and_then(|text| read_cents(text))
}

/// Reads `99.90`, `99,90 €` or `EUR 99` as cents.
fn read_cents(text: &str) -> Option<i64> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
    let (whole, cents) = match kept.rfind(['.', ',']) {
        Some(place) if kept.len() - place <= 3 => (&kept[..place], &kept[place + 1..]),
        _ => (kept.as_str(), ""),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole: i64 = digits.parse().ok()?;
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let read = |text| read_cents(text);
        assert_eq!(read("99.90"), Some(9_990));
        assert_eq!(read("1.299,5 €"), Some(129_950));
        assert_eq!(read("EUR 1,000"), Some(100_000));
        assert_eq!(read("12"), Some(1_200));
        assert_eq!(read("none"), None);
        assert_eq!(read("99999999999999999999"), None);
    }
}
