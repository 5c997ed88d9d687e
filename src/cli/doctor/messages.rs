//! `sportello doctor --messages`: the accounts of what came in and went out.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::super::output::{self, Form};
use super::{code, tell_json};
use crate::domain::time::UtcMillis;
use crate::service::accounts::{self, Accounts};
use crate::store::Db;
use crate::store::account::{Incoming, Outgoing, Page};

/// Prints the accounts since an instant; a finding when one of them does not balance.
pub(super) async fn run(db: &Db, since: UtcMillis, form: Form) -> anyhow::Result<ExitCode> {
    let accounts = accounts::read(db, since).await;
    let accounts = accounts.context("reading the accounts (is the database up to date?)")?;
    match form {
        Form::Json => tell_json(&document(&accounts))?,
        Form::Text => output::tell(&told(&accounts))?,
    }
    Ok(code(accounts.balance()))
}

fn day(page: &Page) -> String {
    page.1.to_string().chars().take(10).collect()
}

const INCOMING: [&str; 7] =
    ["received", "processed", "duplicate", "rejected", "unparsed", "waiting", "failed"];
const OUTGOING: [&str; 6] = ["asked", "sent", "unconfirmed", "dead", "dismissed", "waiting"];

fn numbers_in(account: &Incoming) -> [u64; 7] {
    let Incoming { received, processed, duplicate, rejected, unparsed, waiting, failed } = *account;
    [received, processed, duplicate, rejected, unparsed, waiting, failed]
}

fn numbers_out(account: &Outgoing) -> [u64; 6] {
    let Outgoing { asked, sent, unconfirmed, dead, dismissed, waiting } = *account;
    [asked, sent, unconfirmed, dead, dismissed, waiting]
}

fn document(accounts: &Accounts) -> Value {
    let row = |page: &Page, names: &[&str], numbers: &[u64], balances: bool| {
        let mut row = json!({"channel": page.0.0, "day": day(page), "balances": balances});
        for (name, n) in names.iter().zip(numbers) {
            row[name] = json!(n);
        }
        row
    };
    let incoming = accounts.incoming.iter();
    let received: Vec<_> =
        incoming.map(|(page, a)| row(page, &INCOMING, &numbers_in(a), a.balances())).collect();
    let outgoing = accounts.outgoing.iter();
    let sent: Vec<_> =
        outgoing.map(|(page, a)| row(page, &OUTGOING, &numbers_out(a), a.balances())).collect();
    json!({"balance": accounts.balance(), "received": received, "sent": sent})
}

fn told(accounts: &Accounts) -> String {
    let mut text =
        String::from("Received = processed + duplicate + rejected + unparsed + waiting + failed\n");
    let rows = accounts.incoming.iter();
    let rows = rows.map(|(page, account)| (page, numbers_in(account).to_vec(), account.balances()));
    text.push_str(&table(&INCOMING, rows));
    text.push_str("\nTo send = sent + unconfirmed + dead + dismissed + waiting\n");
    let rows = accounts.outgoing.iter();
    let rows =
        rows.map(|(page, account)| (page, numbers_out(account).to_vec(), account.balances()));
    text.push_str(&table(&OUTGOING, rows));
    text.push_str(if accounts.balance() {
        "\nEvery message is accounted for.\n"
    } else {
        "\nThe lines marked ≠ do not balance: messages are missing, or were counted twice.\n"
    });
    text
}

fn table<'a>(names: &[&str], rows: impl Iterator<Item = (&'a Page, Vec<u64>, bool)>) -> String {
    let rows: Vec<_> = rows.collect();
    let wide = rows.iter().map(|(page, ..)| page.0.0.chars().count()).max().unwrap_or(0).max(7);
    let mut text = format!("  {:<wide$}  {:<10}", "channel", "day");
    text.extend(names.iter().map(|name| format!("  {name:>11}")));
    text.push('\n');
    for (page, numbers, balances) in rows {
        let mark = if balances { ' ' } else { '≠' };
        text.extend([format!("{mark} {:<wide$}  {:<10}", page.0.0, day(page))]);
        text.extend(numbers.iter().map(|n| format!("  {n:>11}")));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::ChannelName;

    #[test]
    fn what_does_not_balance_is_marked() {
        let page = |name: &str| (ChannelName(name.to_owned()), UtcMillis(1_795_392_000_000));
        let good = Incoming { received: 3, processed: 2, duplicate: 1, ..Incoming::default() };
        let lost = Outgoing { asked: 2, sent: 1, ..Outgoing::default() };
        let mut accounts = Accounts::default();
        accounts.incoming.insert(page("webchat"), good);
        let text = told(&accounts);
        assert!(text.contains("  webchat  2026-11-23            3            2"), "{text}");
        assert!(text.contains("Every message is accounted for"), "{text}");
        accounts.outgoing.insert(page("telegram:shop"), lost);
        let text = told(&accounts);
        assert!(text.contains("\n≠ telegram:shop"), "{text}");
        assert!(text.contains("do not balance"), "{text}");
        let document = document(&accounts);
        assert_eq!(document["balance"], false);
        assert_eq!(document["received"][0]["processed"], 2);
    }
}
