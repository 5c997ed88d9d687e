//! `sportello simulate`: a day at the desk under several rules, before customers live it.

mod progress;
mod told;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use self::progress::Progress;
use super::{output, settings};
use crate::domain::source::SourceFile;
use crate::sla::book::PolicyBook;
use crate::workforce::scenario::Scenario;
use crate::workforce::simulation::figures::Report;
use crate::workforce::simulation::{self, Mode, Order, Rules};

/// The longest scenario, bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// What `simulate` is told.
#[derive(Args, Debug)]
pub(super) struct SimulateArgs {
    /// The scenario: arrivals, agents, promises and the rules to compare
    #[arg(long, value_name = "FILE")]
    scenario: PathBuf,
    /// Another seed than the scenario's: another day with the same rates
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// Everything that was played.
#[derive(Debug, Serialize)]
struct Played {
    scenario: String,
    date: String,
    days: u32,
    seed: u64,
    answer_within_ms: i64,
    runs: Vec<Run>,
    differences: Vec<Difference>,
}

/// One set of rules under one load.
#[derive(Debug, Serialize)]
struct Run {
    load_percent: u32,
    variant: String,
    mode: &'static str,
    order: &'static str,
    overload: bool,
    #[serde(flatten)]
    report: Report,
}

/// What a variant changes against the first one under the same load: this less that.
#[derive(Debug, Serialize)]
struct Difference {
    load_percent: u32,
    variant: String,
    against: String,
    served: i64,
    late_tickets: i64,
    missed_promises: i64,
    late_total_ms: i64,
    mean_wait_ms: Option<f64>,
    longest_wait_ms: i64,
}

/// Does what was asked.
pub(super) fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let mut scenario = read(&args.scenario)?;
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    let played = play(&scenario);
    if args.json {
        output::tell(&format!("{}\n", serde_json::to_string_pretty(&played)?))?;
    } else {
        output::tell(&told::told(&played))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The scenario of a file; warnings are told.
fn read(path: &Path) -> anyhow::Result<Scenario> {
    let name = path.display().to_string();
    let length = std::fs::metadata(path).with_context(|| format!("{name} cannot be read"))?.len();
    anyhow::ensure!(length <= LONGEST, "{name} is longer than {LONGEST} bytes");
    let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let file = SourceFile { name, text };
    let (scenario, problems) = Scenario::check(&file, |named| beside(path, named));
    let scenario = scenario.ok_or_else(|| settings::refused("scenario", &problems))?;
    for warning in &problems {
        output::complain(&warning.to_string());
    }
    Ok(scenario)
}

/// The policies of a file that the scenario names.
fn beside(scenario: &Path, named: &str) -> Result<PolicyBook, String> {
    let folder = scenario.parent().unwrap_or_else(|| Path::new(""));
    settings::policies_at(&folder.join(named)).map_err(|error| format!("{error:#}"))
}

/// Every variant under every load, with the same arrivals for all variants of a load.
fn play(scenario: &Scenario) -> Played {
    let mut progress = Progress::of(scenario.loads.len() * scenario.variants.len());
    let mut runs: Vec<Run> = Vec::new();
    for &load in &scenario.loads {
        let arrivals = scenario.demand.arrivals(scenario.seed, f64::from(load) / 100.0);
        for variant in &scenario.variants {
            let number = runs.len();
            let report = simulation::run(&scenario.stage, &arrivals, variant.rules, &mut |count| {
                progress.tell(number, count, arrivals.len());
            });
            runs.push(Run::new(load, variant.name.clone(), variant.rules, report));
        }
    }
    progress.end();
    Played {
        scenario: scenario.name.clone(),
        date: scenario.date.to_string(),
        days: scenario.days,
        seed: scenario.seed,
        answer_within_ms: scenario.stage.answer_within,
        differences: differences(&runs),
        runs,
    }
}

impl Run {
    const fn new(load_percent: u32, variant: String, rules: Rules, report: Report) -> Self {
        let mode = match rules.mode {
            Mode::Pull => "pull",
            Mode::Push(_) => "push",
        };
        let (order, overload) = match rules.order {
            Order::Arrival => ("fifo", false),
            Order::Score => ("score", false),
            Order::Overload => ("score", true),
        };
        Self { load_percent, variant, mode, order, overload, report }
    }
}

fn differences(runs: &[Run]) -> Vec<Difference> {
    let of_load = runs.chunk_by(|one, next| one.load_percent == next.load_percent);
    let of_load = of_load.filter_map(|runs| runs.split_first());
    of_load.flat_map(|(first, others)| others.iter().map(|run| difference(run, first))).collect()
}

fn difference(run: &Run, first: &Run) -> Difference {
    let (this, that) = (&run.report.all, &first.report.all);
    let less = |one: usize, other: usize| {
        let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        signed(one) - signed(other)
    };
    Difference {
        load_percent: run.load_percent,
        variant: run.variant.clone(),
        against: first.variant.clone(),
        served: less(this.served, that.served),
        late_tickets: less(this.late_tickets, that.late_tickets),
        missed_promises: less(this.promises.missed, that.promises.missed),
        late_total_ms: this.promises.late_total_ms - that.promises.late_total_ms,
        mean_wait_ms: this.waits.mean_ms.zip(that.waits.mean_ms).map(|(one, other)| one - other),
        longest_wait_ms: this.longest_wait_ms - that.longest_wait_ms,
    }
}
