//! Policies for tests that need their own.

use sportello::domain::id::TicketId;
use sportello::domain::ledger::LedgerEvent;
use sportello::service::access::Caller;
use sportello::service::view::ClockView;
use sportello::store;

use super::TestApp;
use super::cast::read;

/// A file with these policies and two calendars: `always`, and `office` from nine to six.
pub(crate) fn policies(policies: &str) -> String {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let week = |hours: &str| days.map(|day| format!("{day}: [\"{hours}\"]")).join(", ");
    format!(
        "calendars:\n  always:\n    time_zone: Europe/Rome\n    week: {{{}}}\n  \
         office:\n    time_zone: Europe/Rome\n    week: {{{}}}\npolicies:\n{policies}",
        week("00:00-24:00"),
        week("09:00-18:00"),
    )
}

/// The clocks of one metric: state, start, due.
pub(crate) async fn clocks(
    app: &TestApp,
    reader: &Caller,
    ticket: TicketId,
    metric: &str,
) -> Vec<ClockView> {
    let clocks = read(app, reader, ticket).await.clocks;
    clocks.into_iter().filter(|clock| clock.metric == metric).collect()
}

/// The states of some clocks, in order.
pub(crate) fn states(clocks: &[ClockView]) -> Vec<&str> {
    clocks.iter().map(|clock| clock.state.as_str()).collect()
}

/// A ticket's ledger.
pub(crate) async fn ledger(app: &TestApp, ticket: TicketId) -> Vec<LedgerEvent> {
    store::ledger::of_ticket(&app.house.db, ticket).await.unwrap()
}
