//! `sportello doctor`: is all well, and if not, what to do.

mod messages;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::output::Form;
use super::{FINDING, output, settings};
use crate::app;
use crate::config::Config;
use crate::domain::time::{DAY, HOUR, UtcMillis};
use crate::service::clock::Clock;
use crate::service::doctor::{self as check, Finding, State};
use crate::store::Db;

/// What `doctor` is told.
#[derive(Args, Debug)]
pub(super) struct DoctorArgs {
    /// Only the accounts of messages: per channel and day, what came in and went out
    #[arg(long, conflicts_with = "channel")]
    messages: bool,
    /// From how long ago, such as 7d or 24h; whole days (UTC) are counted
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    since: i64,
    /// Only this channel, such as telegram:shop: in one line, what is wrong
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A span of hours or days, in ms.
fn span(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is no span: write 7d or 24h");
    let (number, unit) =
        text.split_at(text.len() - usize::from(text.is_ascii() && !text.is_empty()));
    let unit = match unit {
        "d" => DAY,
        "h" => HOUR,
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(unit).filter(|ms| (0..=3_660 * DAY).contains(ms)).ok_or_else(wrong)
}

/// Checks what was asked for.
pub(super) fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let config = settings::load(args.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let form = Form::of(args.json);
        if let Some(name) = &args.channel {
            return one_channel(&config, name, form).await;
        }
        if args.messages {
            let since = Clock::System.now().plus(-args.since);
            return messages::run(&open(&config).await?, since, form).await;
        }
        everything(&config, args.since, form).await
    })
}

/// The database, which is never made by a check.
async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = &config.database.url.0;
    if let Some(file) = file_of(url)
        && !file.exists()
    {
        bail!("there is no database at {}: run `sportello migrate`", file.display());
    }
    Ok(Db::open(url).await?)
}

fn file_of(url: &str) -> Option<&Path> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let name = rest.split('?').next().filter(|name| *name != ":memory:")?;
    Some(Path::new(name))
}

async fn one_channel(config: &Config, name: &str, form: Form) -> anyhow::Result<ExitCode> {
    let doors = app::doors(config)?;
    let found = doors.iter().find(|(known, _)| known.0 == name);
    let Some((_, door)) = found else {
        let known: Vec<_> = doors.keys().map(|known| known.0.as_str()).collect();
        bail!("no channel {name:?} is configured; configured are: {}", known.join(", "));
    };
    let finding = check::channel(door).await;
    let good = finding.state == State::Ok;
    match form {
        Form::Json => tell_json(&json!({"channel": name, "ok": good, "told": finding.told}))?,
        Form::Text => output::tell(&format!("{}\n", finding.told))?,
    }
    Ok(code(good))
}

async fn everything(config: &Config, since: i64, form: Form) -> anyhow::Result<ExitCode> {
    let mut findings = vec![settings_of(config)];
    let now = Clock::System.now();
    match open(config).await {
        Ok(db) => findings.extend(of_records(config, &db, now, since).await),
        Err(error) => findings.push(Finding::new("database", State::Wrong, format!("{error:#}"))),
    }
    for door in app::doors(config)?.values() {
        findings.push(check::channel(door).await);
    }
    let good = findings.iter().all(|finding| finding.state < State::Wrong);
    match form {
        Form::Json => tell_json(&json!({"ok": good, "findings": findings}))?,
        Form::Text => output::tell(&listed(&findings))?,
    }
    Ok(code(good))
}

/// What can be said of the configuration besides that it can be read.
fn settings_of(config: &Config) -> Finding {
    let (state, told) = if !config.is_local() && config.http.public_url.is_empty() {
        let told = "http.public_url is not set, though others can reach this address: sessions are \
                    not bound to https";
        (State::Look, told)
    } else {
        (State::Ok, "readable")
    };
    Finding::new("configuration", state, told)
}

async fn of_records(config: &Config, db: &Db, now: UtcMillis, since: i64) -> Vec<Finding> {
    let mut findings = vec![check::database(db, now).await];
    if findings[0].state == State::Wrong {
        return findings;
    }
    findings.push(check::clock(db, now).await);
    findings.push(check::messages(db, now).await);
    findings.push(check::accounts(db, now.plus(-since)).await);
    findings.push(match app::waiting_line(config).await {
        Ok(queue) => check::queue(db, queue.as_ref(), now).await,
        Err(error) => Finding::new("queue", State::Wrong, format!("{error:#}")),
    });
    findings
}

fn listed(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let line = |finding: &Finding| {
        let state = match finding.state {
            State::Ok => "ok",
            State::Look => "look",
            State::Wrong => "WRONG",
        };
        format!("{state:<5}  {:<width$}  {}\n", finding.check, finding.told)
    };
    findings.iter().map(line).collect()
}

fn tell_json(document: &serde_json::Value) -> anyhow::Result<()> {
    Ok(output::tell(&format!("{document:#}\n"))?)
}

fn code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::from(FINDING) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_days_or_hours() {
        assert_eq!(span("7d"), Ok(7 * DAY));
        assert_eq!(span("24h"), Ok(DAY));
        for wrong in ["", "7", "d", "-1d", "7w", "9999999999999999d", "7à", "à"] {
            assert!(span(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_database_of_a_server_is_no_file() {
        assert_eq!(file_of("sqlite://a/b.db?mode=rwc"), Some(Path::new("a/b.db")));
        assert_eq!(file_of("sqlite::memory:"), None);
        assert_eq!(file_of("postgres://h/d"), None);
    }

    #[test]
    fn findings_stand_in_columns() {
        let all = [
            Finding::new("clock", State::Ok, "fine"),
            Finding::new("database", State::Wrong, "away"),
        ];
        assert_eq!(listed(&all), "ok     clock     fine\nWRONG  database  away\n");
    }
}
