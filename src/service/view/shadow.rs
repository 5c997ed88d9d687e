//! What the page of the shadow run shows.

use serde::Serialize;
use utoipa::ToSchema;

use super::AlarmView;

/// How many problems an alarm of the board tells.
const TOLD: usize = 5;

/// Files that were refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalView {
    /// `content` or `candidate`.
    pub source: String,
    /// When, ms UTC.
    pub at: i64,
    /// How many problems there are.
    pub total: u64,
    /// The first of them.
    pub problems: Vec<ProblemView>,
}

impl RefusalView {
    /// The alarm of the board: the first problems, each at its place with its excerpt.
    #[must_use]
    pub fn alarm(self) -> AlarmView {
        let told = |problem: &ProblemView| {
            let ProblemView { place, message, excerpt } = problem;
            let end = if excerpt.is_empty() { "" } else { "\n" };
            format!("{place}: {message}{end}{excerpt}")
        };
        let shown: Vec<_> = self.problems.iter().take(TOLD).map(told).collect();
        let kind = format!("{}_refused", self.source);
        AlarmView { kind, count: self.total, detail: shown.join("\n\n") }
    }
}

/// One problem at its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemView {
    /// `file:line:column`, or the file alone.
    pub place: String,
    /// What is wrong and what to do, in English.
    pub message: String,
    /// The lines around it with a mark; may be empty.
    pub excerpt: String,
}

/// One candidate and what was counted of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShadowRun {
    /// Which.
    pub id: String,
    /// The version of its files.
    pub version: String,
    /// `folder` or `command`.
    pub origin: String,
    /// `running`, `replaced`, `withdrawn`, `promoted`, `discarded`.
    pub state: String,
    /// When it began, ms UTC.
    pub started_at: i64,
    /// Since when its answers are counted, ms UTC.
    pub counted_from: i64,
    /// When it ended, ms UTC.
    pub ended_at: Option<i64>,
    /// The supervisor who ended it.
    pub ended_by: Option<String>,
    /// Answers looked at.
    pub looked: u64,
    /// Of these, how many would differ.
    pub changed: u64,
    /// Of these, how many would be the same.
    pub unchanged: u64,
    /// Changed by another intent.
    pub by_intent: u64,
    /// Changed by another outcome.
    pub by_outcome: u64,
    /// Changed by other words or buttons.
    pub by_reply: u64,
    /// Answers that were not looked at, because there were too many.
    pub skipped: u64,
}

/// One side of a changed answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SideView {
    /// The best intent.
    pub intent: Option<String>,
    /// Its confidence, percent.
    pub confidence: Option<u8>,
    /// How the turn went.
    pub outcome: String,
    /// What was said, masked.
    pub reply: String,
    /// What was done besides.
    pub acts: Vec<String>,
}

/// One answer that would differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ChangeView {
    /// Which.
    pub id: String,
    /// When the customer wrote, ms UTC.
    pub at: i64,
    /// What the customer wrote, masked.
    pub said: String,
    /// In what the sides differ: `intent`, `outcome`, `reply`.
    pub kinds: Vec<String>,
    /// What was answered.
    pub before: SideView,
    /// What the candidate would have answered.
    pub after: SideView,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ShadowView {
    /// When it was read, ms UTC.
    pub at: i64,
    /// The published version.
    pub published: String,
    /// The candidate that runs.
    pub running: Option<ShadowRun>,
    /// Which changes are listed: `any`, `intent`, `outcome`, `reply`.
    pub kind: String,
    /// The changes, the latest first.
    pub changes: Vec<ChangeView>,
    /// The place in the list after which there are more.
    pub more: Option<String>,
    /// How many changes are kept at most.
    pub most: u32,
    /// How many are kept now.
    pub kept: u64,
    /// The latest candidates that ended.
    pub ended: Vec<ShadowRun>,
    /// Why the candidate's newest files were refused.
    pub refused: Option<RefusalView>,
    /// Whether a folder is watched for a candidate.
    pub watched: bool,
}

/// The shadow run on the board, in short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShadowGlance {
    /// Since when answers are counted, ms UTC.
    pub counted_from: i64,
    /// Answers looked at.
    pub looked: u64,
    /// Of these, how many would differ.
    pub changed: u64,
}
