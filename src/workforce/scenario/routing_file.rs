//! Rules and their variants as scenarios write them.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Variant;
use super::findings::Findings;
use crate::routing::choice::Best;
use crate::workforce::simulation::{Mode, Order, Rules};

/// Rules, unread; in a variant what is missing is as in `routing`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RoutingFile {
    mode: Option<Spanned<String>>,
    choice: Option<Spanned<String>>,
    order: Option<Spanned<String>>,
    overload: Option<Spanned<bool>>,
}

/// A variant, unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VariantFile {
    pub(super) name: Spanned<String>,
    mode: Option<Spanned<String>>,
    choice: Option<Spanned<String>>,
    order: Option<Spanned<String>>,
    overload: Option<Spanned<bool>>,
}

/// Rules in the making.
#[derive(Clone, Copy)]
struct Draft {
    is_push: bool,
    best: Best,
    is_fifo: bool,
    is_overload: bool,
}

impl Draft {
    const USUAL: Self =
        Self { is_push: false, best: Best::LongestIdle, is_fifo: false, is_overload: false };

    fn with(mut self, file: &RoutingFile, findings: &mut Findings<'_>) -> Self {
        let RoutingFile { mode, choice, order, overload } = file;
        if let Some(mode) = mode {
            let is_push = findings.word(mode, &[("pull", false), ("push", true)]);
            self.is_push = is_push.unwrap_or(self.is_push);
        }
        if let Some(choice) = choice {
            let known = [("longest_idle", Best::LongestIdle), ("least_loaded", Best::LeastLoaded)];
            self.best = findings.word(choice, &known).unwrap_or(self.best);
        }
        if let Some(order) = order {
            let is_fifo = findings.word(order, &[("score", false), ("fifo", true)]);
            self.is_fifo = is_fifo.unwrap_or(self.is_fifo);
        }
        if let Some(overload) = overload {
            self.is_overload = overload.value;
            if self.is_fifo && self.is_overload {
                findings.error(overload, "overload mode needs `order: score`");
            }
        }
        self
    }

    const fn rules(self) -> Rules {
        Rules {
            mode: if self.is_push { Mode::Push(self.best) } else { Mode::Pull },
            order: match (self.is_fifo, self.is_overload) {
                (true, _) => Order::Arrival,
                (false, true) => Order::Overload,
                (false, false) => Order::Score,
            },
        }
    }
}

/// The rules to compare: the variants, or the usual rules alone.
pub(super) fn variants(
    routing: &RoutingFile,
    variants: Vec<VariantFile>,
    findings: &mut Findings<'_>,
) -> Vec<Variant> {
    let usual = Draft::USUAL.with(routing, findings);
    let mut read: Vec<Variant> = Vec::new();
    for file in variants {
        let VariantFile { name: at, mode, choice, order, overload } = file;
        let name = findings.name(&at);
        if read.iter().any(|variant| variant.name == name) {
            findings.error(&at, format!("there is already a variant `{name}`"));
        }
        let file = RoutingFile { mode, choice, order, overload };
        read.push(Variant { name, rules: usual.with(&file, findings).rules() });
    }
    if read.is_empty() {
        read.push(Variant { name: "as written".to_owned(), rules: usual.rules() });
    }
    read
}
