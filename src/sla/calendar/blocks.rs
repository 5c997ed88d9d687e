//! A calendar's intervals as UTC, united and summed up once for each stretch of about 100 days.
//!
//! Blocks are made when somebody first asks for them: reading a calendar stays cheap, and only the
//! years that tickets lie in take memory.

use std::sync::OnceLock;

/// The length of a block, ms: a power of two, about 99 days.
const LENGTH: i64 = 1 << 33;

/// All blocks from the epoch on; each is empty until it is asked for.
pub(super) struct Blocks(Box<[OnceLock<Block>]>);

/// One block: its open time as intervals that are ascending and apart.
#[derive(Default)]
pub(super) struct Block {
    spans: Box<[Span]>,
    /// Open ms of the whole block.
    pub(super) total: i64,
}

/// One interval `[open, close)`.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) open: i64,
    pub(super) close: i64,
    /// Open ms of the block before this interval.
    before: i64,
}

/// The number of the block that holds an instant at or after the epoch.
pub(super) fn number(at: i64) -> usize {
    usize::try_from(at / LENGTH).unwrap_or(0)
}

impl Blocks {
    /// Blocks up to the one that holds `last`.
    pub(super) fn until(last: i64) -> Self {
        Self((0..=number(last)).map(|_| OnceLock::new()).collect())
    }

    /// A block by its number; `intervals` gives what touches `[from, to)`, in any order.
    pub(super) fn get(
        &self,
        number: usize,
        intervals: impl FnOnce(i64, i64) -> Vec<(i64, i64)>,
    ) -> Option<&Block> {
        let from = LENGTH.checked_mul(i64::try_from(number).ok()?)?;
        let to = from.checked_add(LENGTH)?;
        let block = self.0.get(number)?;
        Some(block.get_or_init(|| Block::new(intervals(from, to), from, to)))
    }
}

impl Block {
    fn new(mut intervals: Vec<(i64, i64)>, from: i64, to: i64) -> Self {
        intervals.sort_unstable();
        let mut spans: Vec<Span> = Vec::with_capacity(intervals.len());
        let mut total = 0;
        for (open, close) in intervals {
            let (open, close) = (open.max(from), close.min(to));
            match spans.last_mut() {
                _ if open >= close => {}
                Some(last) if open <= last.close => {
                    total += (close - last.close).max(0);
                    last.close = last.close.max(close);
                }
                _ => {
                    spans.push(Span { open, close, before: total });
                    total += close - open;
                }
            }
        }
        Self { spans: spans.into_boxed_slice(), total }
    }

    /// Open ms of the block before `at`.
    pub(super) fn before(&self, at: i64) -> i64 {
        let begun = self.spans.partition_point(|span| span.open < at);
        let last = begun.checked_sub(1).and_then(|last| self.spans.get(last));
        last.map_or(0, |span| span.before + at.min(span.close) - span.open)
    }

    /// The first instant by which `amount` open ms of the block have passed, 1 to its total.
    pub(super) fn reach(&self, amount: i64) -> Option<i64> {
        let begun = self.spans.partition_point(|span| span.before < amount);
        let last = begun.checked_sub(1).and_then(|last| self.spans.get(last));
        last.map(|span| span.open + amount - span.before)
    }

    /// The intervals that end after `at`.
    pub(super) fn from(&self, at: i64) -> &[Span] {
        let ended = self.spans.partition_point(|span| span.close <= at);
        self.spans.get(ended..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_united_cut_to_the_block_and_summed_up() {
        let block = Block::new(vec![(30, 40), (5, 20), (15, 25), (25, 27), (50, 50)], 10, 35);
        let spans: Vec<_> = block.spans.iter().map(|s| (s.open, s.close, s.before)).collect();
        assert_eq!(spans, [(10, 27, 0), (30, 35, 17)]);
        assert_eq!(block.total, 22);
        assert_eq!(
            [9, 10, 12, 27, 29, 31, 99].map(|at| block.before(at)),
            [0, 0, 2, 17, 17, 18, 22]
        );
        assert_eq!([1, 17, 18, 22].map(|x| block.reach(x)), [11, 27, 31, 35].map(Some));
        assert_eq!(block.from(27).len(), 1);
    }

    #[test]
    fn a_block_is_made_once_and_only_when_asked_for() {
        let blocks = Blocks::until(3 * LENGTH);
        assert_eq!((number(LENGTH - 1), number(LENGTH)), (0, 1));
        let made = |number| blocks.get(number, |from, to| vec![(from, to)]).map(|b| b.total);
        assert_eq!(made(3), Some(LENGTH));
        assert!(blocks.get(3, |_, _| Vec::new()).is_some_and(|block| block.total == LENGTH));
        assert_eq!(made(4), None);
    }
}
